/// A method together with the code that serves it.
package struct MethodHandler: Sendable {
    let descriptor: MethodDescriptor

    /// Serves calls of the method in a worker, each from its encoded request to its last frame, as long as one follows the
    /// other.
    let serve: @Sendable (ServedMethod, Worker) async -> Void

    /// Serves a method of one request and one response.
    ///
    /// `body` runs on the event loop of the call's connection and must not block. A `Status` it throws goes to the
    /// client; any other error is logged and answered `UNKNOWN`.
    package static func unary<Request, Response>(
        _ method: Method<Request, Response>,
        _ body: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) -> MethodHandler {
        MethodHandler(descriptor: method.descriptor) { served, worker in
            await worker.serve(served, Request.init(of:), subject: method.subject, body) { try $1.reply($0) }
        }
    }

    /// Serves a method of one request and many responses; the stream ends when `body` returns.
    ///
    /// `body` runs on the event loop of the call's connection and must not block. A `Status` it throws goes to the
    /// client; any other error is logged and answered `UNKNOWN`.
    package static func serverStreaming<Request, Response>(
        _ method: Method<Request, Response>,
        _ body: @escaping @Sendable (Request, ResponseStream<Response>, CallContext) async throws -> Void
    ) -> MethodHandler {
        MethodHandler(descriptor: method.descriptor) { served, worker in
            await worker.serve(served, Request.init(of:), subject: method.subject) { request, call in
                try await body(request, ResponseStream(of: call), call)
            } answer: { _, call in
                call.endStream()
            }
        }
    }

    /// Serves a method of many requests and one response, which may come before the last request.
    ///
    /// `body` runs on the event loop of the call's connection and must not block. A `Status` it throws goes to the
    /// client; any other error is logged and answered `UNKNOWN`.
    package static func clientStreaming<Request, Response>(
        _ method: Method<Request, Response>,
        _ body: @escaping @Sendable (RequestSequence<Request>, CallContext) async throws -> Response
    ) -> MethodHandler {
        MethodHandler(descriptor: method.descriptor) { served, worker in
            await worker.serve(served, RequestSequence<Request>.init(of:), subject: nil, body) { try $1.reply($0) }
        }
    }

    /// Serves a method of many requests and many responses, in any order; the stream ends when `body` returns.
    ///
    /// `body` runs on the event loop of the call's connection and must not block. A `Status` it throws goes to the
    /// client; any other error is logged and answered `UNKNOWN`.
    package static func bidirectional<Request, Response>(
        _ method: Method<Request, Response>,
        _ body:
            @escaping @Sendable (
                RequestSequence<Request>, ResponseStream<Response>, CallContext
            ) async throws -> Void
    ) -> MethodHandler {
        MethodHandler(descriptor: method.descriptor) { served, worker in
            await worker.serve(served, RequestSequence<Request>.init(of:), subject: nil) { requests, call in
                try await body(requests, ResponseStream(of: call), call)
            } answer: { _, call in
                call.endStream()
            }
        }
    }
}
