/// A method as a server runs it.
final class ServedMethod: Sendable {
    let descriptor: MethodDescriptor
    let interceptors: [any ServerInterceptor]
    let serve: @Sendable (ServerCall) async -> Void

    init(_ handler: MethodHandler, interceptors: [any ServerInterceptor]) {
        self.descriptor = handler.descriptor
        self.serve = handler.serve
        self.interceptors = interceptors
    }
}
