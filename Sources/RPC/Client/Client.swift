package import Logging
package import NIOCore

/// Calls the methods of one server. Connects at first use and again, with backoff, after a loss.
package final class Client: Sendable {
    /// Makes a client that is not connected yet.
    package init(
        _ address: Server.Address,
        configuration: ClientConfiguration = .init(),
        group: any EventLoopGroup,
        logger: Logger
    ) {
    }

    /// Calls a method of one request and one response.
    ///
    /// - Throws: `Status`, or `CancellationError` at once when the task is cancelled.
    package func unary<Request, Response>(
        _ method: Method<Request, Response>,
        _ request: Request,
        _ options: CallOptions = .init()
    ) async throws -> Response {
        throw Status(.unimplemented, "in progress")
    }

    /// Calls a method of one request and many responses, which `body` reads. The call ends with `body`.
    ///
    /// - Throws: What `body` throws; `Status` when the call cannot be sent.
    package func serverStreaming<Request, Response, Value>(
        _ method: Method<Request, Response>,
        _ request: Request,
        _ options: CallOptions = .init(),
        _ body: (ResponseSequence<Response>) async throws -> Value
    ) async throws -> Value {
        throw Status(.unimplemented, "in progress")
    }

    /// Ends running calls with `UNAVAILABLE` and closes all connections.
    package func close() async {
    }
}
