package import Logging
package import NIOCore
internal import SwiftProtobuf

/// Calls the methods of one server. Connects at first use and again, with backoff, after a loss.
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
        let dialer = Dialer(address: address, timeout: configuration.connectTimeout, tls: configuration.tls, loop: loop)
        self.dispatcher = CallDispatcher(address, configuration, on: loop, logger: logger, dial: dialer.dial)
    }

    /// Ends running calls with `UNAVAILABLE`, closes all connections and waits until they are closed.
    package func close() async {
        try? await self.dispatcher.close().get()
    }

    private func start<Request, Response>(
        _ method: Method<Request, Response>,
        _ request: Request?,
        _ options: CallOptions
    ) throws -> ClientCall {
        try Task.checkCancellation()
        let envelope =
            if let request {
                try ByteBuffer.requestEnvelope(method.descriptor, request, options.metadata)
            } else {
                ByteBuffer.requestEnvelope(method.descriptor, options.metadata)
            }
        let call = ClientCall(
            method.descriptor,
            envelope,
            deadline: options.timeout.map { self.dispatcher.loop.now + TimeAmount(min($0, Self.longestTimeout)) },
            receipt: options.receipt,
            self.dispatcher
        )
        self.dispatcher.submit(call)
        return call
    }
}

// MARK: - The four kinds

extension Client {
    /// Calls a method of one request and one response.
    ///
    /// - Throws: `Status`, or `CancellationError` at once when the task is cancelled.
    package func unary<Request, Response>(
        _ method: Method<Request, Response>,
        _ request: Request,
        _ options: CallOptions = .init()
    ) async throws -> Response {
        let call = try self.start(method, request, options)
        return try await call.only()
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
        return try await call.within { try await body(ResponseSequence(of: call)) }
    }

    /// Calls a method of many requests, which `send` writes, and one response.
    ///
    /// When `send` returns the requests are finished. If the server answers before, writing fails, and whatever `send`
    /// throws then gives way to the server's answer. The call ends at once when the task is cancelled.
    ///
    /// - Throws: `Status`, `CancellationError`, or what `send` throws while the call runs, which ends it.
    package func clientStreaming<Request, Response>(
        _ method: Method<Request, Response>,
        _ options: CallOptions = .init(),
        _ send: (RequestStream<Request>) async throws -> Void
    ) async throws -> Response {
        let call = try self.start(method, nil, options)
        return try await call.within {
            do {
                try await send(RequestStream(of: call))
                call.finishWriting()
            } catch {
                // If the server has answered, that says more than the writing that fails by it.
                guard call.responses.isFinished, !Task.isCancelled else { throw error }
            }
            return try await call.only()
        }
    }

    /// Calls a method of many requests and many responses, which `body` writes and reads in any order.
    ///
    /// The call ends with `body`: if responses are left then, the server is told to stop. It also ends at once when the
    /// task is cancelled. If the server ends the call first, writing fails.
    ///
    /// - Throws: What `body` throws.
    package func bidirectional<Request, Response, Value>(
        _ method: Method<Request, Response>,
        _ options: CallOptions = .init(),
        _ body: (RequestStream<Request>, ResponseSequence<Response>) async throws -> Value
    ) async throws -> Value {
        let call = try self.start(method, nil, options)
        return try await call.within { try await body(RequestStream(of: call), ResponseSequence(of: call)) }
    }
}

extension ClientCall {
    /// The response of a call that has only one.
    fileprivate func only<Response: Message & Sendable>() async throws -> Response {
        guard let message = try await self.next() else { throw Status.malformedResponse }
        return try Response(decoding: message)
    }

    /// Runs what the call is for, and ends the call with it.
    fileprivate func within<Value>(_ body: () async throws -> Value) async throws -> Value {
        defer { self.abandon() }
        return try await withTaskCancellationHandler {
            try await body()
        } onCancel: {
            self.abandon()
        }
    }
}
