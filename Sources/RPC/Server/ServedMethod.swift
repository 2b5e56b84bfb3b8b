/// A method as a server runs it.
final class ServedMethod: Sendable {
    let descriptor: MethodDescriptor
    /// The first interceptor.
    let first: InterceptorStep?
    /// Serves calls of the method in a worker, as long as one follows the other.
    let serve: @Sendable (Worker) async -> Void

    init(_ handler: MethodHandler, interceptors: [any ServerInterceptor]) {
        self.descriptor = handler.descriptor
        self.serve = handler.serve
        self.first = interceptors.reversed().reduce(nil) { next, interceptor in
            if let immediate = interceptor as? any ImmediateServerInterceptor { return .immediate(immediate, next) }
            return .waiting(interceptor, next)
        }
    }
}

/// One interceptor of a method, and the next. An object that knows its type, as to copy interceptors for each call is dear.
// Unchecked because it is extended: here and there all that is stored is constant and can be shared.
class InterceptorStep: @unchecked Sendable {
    /// The interceptor, if it may have to wait before a call goes on.
    final let waiting: (any ServerInterceptor)?
    final let next: InterceptorStep?

    fileprivate init(waiting: (any ServerInterceptor)?, _ next: InterceptorStep?) {
        self.waiting = waiting
        self.next = next
    }

    /// Asks this and the interceptors that follow whether a call may go on, up to the first that may have to wait.
    ///
    /// - Returns: The step of that one, which must be asked; nil if all have been asked.
    final func begin(_ call: ServerCall, subject: String?) throws -> InterceptorStep? {
        call.asked += 1
        if self.waiting != nil { return self }
        try self.beforeAtOnce(call, subject: subject)
        return try self.next?.begin(call, subject: subject)
    }

    /// Tells this and the interceptors that follow, `count` in all, how a call ended, the last first.
    final func end(_ call: ServerCall, _ status: Status?, elapsed: Duration, count: Int) {
        if count > 1 { self.next?.end(call, status, elapsed: elapsed, count: count - 1) }
        self.after(call, status, elapsed: elapsed)
    }

    fileprivate func beforeAtOnce(_ call: CallContext, subject: String?) throws {}

    fileprivate func after(_ call: CallContext, _ status: Status?, elapsed: Duration) {}

    fileprivate static func waiting(
        _ interceptor: some ServerInterceptor,
        _ next: InterceptorStep?
    ) -> InterceptorStep {
        TypedStep(interceptor, waiting: interceptor, next)
    }

    fileprivate static func immediate(
        _ interceptor: some ImmediateServerInterceptor,
        _ next: InterceptorStep?
    ) -> InterceptorStep {
        ImmediateStep(interceptor, waiting: nil, next)
    }
}

// Unchecked as what it extends is.
private class TypedStep<Interceptor: ServerInterceptor>: InterceptorStep, @unchecked Sendable {
    final let interceptor: Interceptor

    init(_ interceptor: Interceptor, waiting: (any ServerInterceptor)?, _ next: InterceptorStep?) {
        self.interceptor = interceptor
        super.init(waiting: waiting, next)
    }

    override func after(_ call: CallContext, _ status: Status?, elapsed: Duration) {
        self.interceptor.after(call, status, elapsed: elapsed)
    }
}

// Unchecked as what it extends is.
private final class ImmediateStep<Asked: ImmediateServerInterceptor>: TypedStep<Asked>, @unchecked Sendable {
    override func beforeAtOnce(_ call: CallContext, subject: String?) throws {
        try self.interceptor.beforeAtOnce(call, subject: subject)
    }
}
