/// A method as a server runs it.
final class ServedMethod: Sendable {
    let descriptor: MethodDescriptor
    /// The first interceptor.
    let first: InterceptorStep?
    /// Serves calls of the method in a worker, as long as one follows the other.
    let serve: @Sendable (ServedMethod, Worker) async -> Void

    init(_ handler: MethodHandler, interceptors: [any ServerInterceptor]) {
        self.descriptor = handler.descriptor
        self.serve = handler.serve
        self.first = interceptors.reversed().reduce(nil) { InterceptorStep.make($1, $0) }
    }
}

/// One interceptor of a method, and the next. Knows its type, as each look at one whose type is unknown counts references.
// Unchecked because it is extended: here and there all that is stored is constant and can be shared.
class InterceptorStep: @unchecked Sendable {
    final let interceptor: any ServerInterceptor
    final let next: InterceptorStep?

    fileprivate init(_ interceptor: any ServerInterceptor, _ next: InterceptorStep?) {
        self.interceptor = interceptor
        self.next = next
    }

    fileprivate static func make(_ interceptor: some ServerInterceptor, _ next: InterceptorStep?) -> InterceptorStep {
        guard let immediate = interceptor as? any ImmediateServerInterceptor else {
            return TypedStep(interceptor, next)
        }
        return InterceptorStep.immediate(immediate, next)
    }

    private static func immediate(
        _ interceptor: some ImmediateServerInterceptor,
        _ next: InterceptorStep?
    ) -> InterceptorStep {
        ImmediateStep(interceptor, next)
    }

    /// Asks this and the interceptors that follow whether a call may go on, up to the first that may have to wait.
    ///
    /// - Returns: The step of that one, which is to be asked; nil if all have been asked.
    func begin(_ call: ServerCall, subject: String?) throws -> InterceptorStep? {
        call.asked += 1
        return self
    }

    /// Tells this and the interceptors that follow, `count` in all, how a call ended, the last first.
    func end(_ call: ServerCall, _ status: Status?, elapsed: Duration, count: Int) {
        if count > 1 { self.next?.end(call, status, elapsed: elapsed, count: count - 1) }
    }
}

// Unchecked as what it extends is.
private class TypedStep<Interceptor: ServerInterceptor>: InterceptorStep, @unchecked Sendable {
    final let typed: Interceptor

    init(_ interceptor: Interceptor, _ next: InterceptorStep?) {
        self.typed = interceptor
        super.init(interceptor, next)
    }

    override func end(_ call: ServerCall, _ status: Status?, elapsed: Duration, count: Int) {
        super.end(call, status, elapsed: elapsed, count: count)
        self.typed.after(call, status, elapsed: elapsed)
    }
}

// Unchecked as what it extends is.
private final class ImmediateStep<Asked: ImmediateServerInterceptor>: TypedStep<Asked>, @unchecked Sendable {
    override func begin(_ call: ServerCall, subject: String?) throws -> InterceptorStep? {
        call.asked += 1
        try self.typed.beforeAtOnce(call, subject: subject)
        return try self.next?.begin(call, subject: subject)
    }
}
