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
        self.first = interceptors.reversed().reduce(nil) { InterceptorStep($1, $0) }
    }
}

/// One interceptor of a method, and the next.
final class InterceptorStep: Sendable {
    let interceptor: any ServerInterceptor
    /// The same if it never waits.
    private let immediate: (any ImmediateServerInterceptor)?
    let next: InterceptorStep?

    fileprivate init(_ interceptor: any ServerInterceptor, _ next: InterceptorStep?) {
        self.interceptor = interceptor
        self.immediate = interceptor as? any ImmediateServerInterceptor
        self.next = next
    }

    /// Asks this and the interceptors that follow whether a call may go on, up to the first that may have to wait.
    ///
    /// - Returns: The step of that one, which is to be asked; nil if all have been asked.
    func begin(_ call: ServerCall, subject: String?) throws -> InterceptorStep? {
        call.asked += 1
        guard let immediate = self.immediate else { return self }
        try immediate.beforeAtOnce(call, subject: subject)
        return try self.next?.begin(call, subject: subject)
    }

    /// Tells this and the interceptors that follow, `count` in all, how a call ended, the last first.
    func end(_ call: ServerCall, _ status: Status?, elapsed: Duration, count: Int) {
        if count > 1 { self.next?.end(call, status, elapsed: elapsed, count: count - 1) }
        self.interceptor.after(call, status, elapsed: elapsed)
    }
}
