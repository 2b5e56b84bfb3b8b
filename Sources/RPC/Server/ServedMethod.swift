/// A method as a server runs it.
final class ServedMethod: Sendable {
    /// One interceptor, by how it is asked.
    enum Step {
        case immediate(any ImmediateServerInterceptor)
        case waiting(any ServerInterceptor)
    }

    let descriptor: MethodDescriptor
    /// The interceptors, in their order.
    let steps: [Step]
    let serve: @Sendable (ServerCall) async -> Void

    init(_ handler: MethodHandler, interceptors: [any ServerInterceptor]) {
        self.descriptor = handler.descriptor
        self.serve = handler.serve
        self.steps = interceptors.map { interceptor in
            if let immediate = interceptor as? any ImmediateServerInterceptor { return .immediate(immediate) }
            return .waiting(interceptor)
        }
    }
}
