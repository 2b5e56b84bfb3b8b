package import Logging
package import NIOCore
internal import SwiftProtobuf

/// Calls the methods of one server. Connects at first use and again, with backoff, after a loss.
package final class Client: Sendable {
    /// Longer timeouts are cut to this.
    private static let longestTimeout = Duration.seconds(365 * 24 * 3600)

    private let dispatcher: CallDispatcher
    private let interceptors: [any ClientInterceptor]

    /// Makes a client of one address that is not connected yet.
    package convenience init(
        _ address: Server.Address,
        configuration: ClientConfiguration = .init(),
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.init([address], configuration: configuration, group: group, logger: logger)
    }

    /// Makes a client of a server that has several addresses, at least one. It is not connected yet.
    package init(
        _ addresses: [Server.Address],
        configuration: ClientConfiguration = .init(),
        group: any EventLoopGroup,
        logger: Logger
    ) {
        precondition(!addresses.isEmpty, "a client needs an address")
        let loop = group.next()
        let dialer = Dialer(configuration, loop: loop)
        self.dispatcher = CallDispatcher(addresses, configuration, on: loop, logger: logger, dial: dialer.dial)
        self.interceptors = configuration.interceptors
    }

    /// Ends running calls with `UNAVAILABLE`, closes all connections and waits until they are closed.
    package func close() async {
        try? await self.dispatcher.close().get()
    }

    /// Starts a call and runs what it is for, with all interceptors around it.
    private func run<Request, Response, Value>(
        _ method: Method<Request, Response>,
        _ request: Request?,
        _ options: CallOptions,
        _ body: (ClientCall) async throws -> Value
    ) async throws -> Value {
        if self.interceptors.isEmpty { return try await body(try self.start(method, request, options)) }
        var run = ClientInterceptorRun(self.interceptors, method.descriptor, options)
        do {
            try await run.before()
            var options = options
            options.metadata = run.call.metadata
            options.timeout = run.call.deadline.map { $0 - .now }
            let value = try await body(try self.start(method, request, options))
            run.after(nil)
            return value
        } catch {
            run.after(error)
            throw error
        }
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
            options: options,
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
        try await self.run(method, request, options) { try await $0.only() }
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
        try await self.run(method, request, options) { call in
            try await call.within { try await body(ResponseSequence(of: call)) }
        }
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
        try await self.run(method, nil, options) { call in
            try await call.within {
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
        try await self.run(method, nil, options) { call in
            try await call.within { try await body(RequestStream(of: call), ResponseSequence(of: call)) }
        }
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
