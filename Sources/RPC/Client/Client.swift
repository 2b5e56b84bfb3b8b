package import Logging
package import NIOCore
internal import SwiftProtobuf

/// Calls the methods of one server. Connects at first use and again, with backoff, after a loss.
///
/// Unary calls share one connection, each server-streaming call has one of its own. No call is ever sent twice.
package final class Client: Sendable {
    /// Longer timeouts are cut to this.
    private static let longestTimeout = Duration.seconds(365 * 24 * 3600)

    private let dispatcher: CallDispatcher

    /// Makes a client that is not connected yet.
    package init(
        _ address: Server.Address,
        configuration: ClientConfiguration = .init(),
        group: any EventLoopGroup,
        logger: Logger
    ) {
        let loop = group.next()
        let dialer = Dialer(address: address, timeout: configuration.connectTimeout, loop: loop)
        self.dispatcher = CallDispatcher(address, configuration, on: loop, logger: logger, dial: dialer.dial)
    }

    /// Calls a method of one request and one response.
    ///
    /// - Throws: `Status`, or `CancellationError` at once when the task is cancelled; the server may still execute the
    ///   call then.
    package func unary<Request, Response>(
        _ method: Method<Request, Response>,
        _ request: Request,
        _ options: CallOptions = .init()
    ) async throws -> Response {
        let call = try self.start(method, request, options)
        guard let message = try await call.next() else { throw Status.malformedResponse }
        return try Response(decoding: message)
    }

    /// Calls a method of one request and many responses, which `body` reads.
    ///
    /// The call ends with `body`: if responses are left then, the server is told to stop. It also ends at once when the
    /// task is cancelled.
    ///
    /// - Throws: What `body` throws.
    package func serverStreaming<Request, Response, Value>(
        _ method: Method<Request, Response>,
        _ request: Request,
        _ options: CallOptions = .init(),
        _ body: (ResponseSequence<Response>) async throws -> Value
    ) async throws -> Value {
        let call = try self.start(method, request, options)
        defer { call.abandon() }
        return try await withTaskCancellationHandler {
            try await body(ResponseSequence(of: call))
        } onCancel: {
            call.abandon()
        }
    }

    /// Ends running calls with `UNAVAILABLE`, closes all connections and waits until they are closed.
    package func close() async {
        try? await self.dispatcher.close().get()
    }

    private func start<Request, Response>(
        _ method: Method<Request, Response>,
        _ request: Request,
        _ options: CallOptions
    ) throws -> ClientCall {
        try Task.checkCancellation()
        let call = ClientCall(
            method.descriptor,
            try .requestEnvelope(method.descriptor, request, options.metadata),
            deadline: options.timeout.map { self.dispatcher.loop.now + TimeAmount(min($0, Self.longestTimeout)) },
            self.dispatcher
        )
        self.dispatcher.submit(call)
        return call
    }
}
