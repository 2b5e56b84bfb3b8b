/// A method as a server runs it.
final class ServedMethod: Sendable {
    let descriptor: MethodDescriptor
    /// The interceptors, in their order.
    let steps: [InterceptorStep]
    /// Serves calls of the method in a worker, as long as one follows the other.
    let serve: @Sendable (Worker) async -> Void

    init(_ handler: MethodHandler, interceptors: [any ServerInterceptor]) {
        self.descriptor = handler.descriptor
        self.serve = handler.serve
        self.steps = interceptors.map { interceptor in
            if let immediate = interceptor as? any ImmediateServerInterceptor { return .immediate(immediate) }
            return .waiting(interceptor)
        }
    }
}

/// One interceptor of a method. An object that knows its type, as to copy interceptors for each call is dear.
class InterceptorStep: @unchecked Sendable {
    /// Asks the interceptor whether a call may go on, if it never has to wait.
    ///
    /// - Returns: Whether it was asked.
    func beforeAtOnce(_ call: CallContext, subject: String?) throws -> Bool { false }

    /// Asks the interceptor whether a call may go on.
    func before(_ call: CallContext, subject: String?) async throws {}

    /// Tells the interceptor how a call ended.
    func after(_ call: CallContext, _ status: Status?, elapsed: Duration) {}

    static func waiting(_ interceptor: some ServerInterceptor) -> InterceptorStep {
        WaitingStep(interceptor)
    }

    static func immediate(_ interceptor: some ImmediateServerInterceptor) -> InterceptorStep {
        ImmediateStep(interceptor)
    }
}

private class WaitingStep<Interceptor: ServerInterceptor>: InterceptorStep, @unchecked Sendable {
    let interceptor: Interceptor

    init(_ interceptor: Interceptor) {
        self.interceptor = interceptor
    }

    override func before(_ call: CallContext, subject: String?) async throws {
        try await self.interceptor.before(call, subject: subject)
    }

    override func after(_ call: CallContext, _ status: Status?, elapsed: Duration) {
        self.interceptor.after(call, status, elapsed: elapsed)
    }
}

private final class ImmediateStep<Asked: ImmediateServerInterceptor>: WaitingStep<Asked>, @unchecked Sendable {
    override func beforeAtOnce(_ call: CallContext, subject: String?) throws -> Bool {
        try self.interceptor.beforeAtOnce(call, subject: subject)
        return true
    }
}
