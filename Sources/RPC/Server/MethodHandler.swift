/// A method together with the code that serves it.
package struct MethodHandler: Sendable {
    let descriptor: MethodDescriptor

    /// Serves a method of one request and one response.
    package static func unary<Request, Response>(
        _ method: Method<Request, Response>,
        _ body: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) -> MethodHandler {
        MethodHandler(descriptor: method.descriptor)
    }

    /// Serves a method of one request and many responses; the stream ends when `body` returns.
    package static func serverStreaming<Request, Response>(
        _ method: Method<Request, Response>,
        _ body: @escaping @Sendable (Request, ResponseStream<Response>, CallContext) async throws -> Void
    ) -> MethodHandler {
        MethodHandler(descriptor: method.descriptor)
    }
}
