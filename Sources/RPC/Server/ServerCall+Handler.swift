internal import Logging
internal import NIOCore
internal import SwiftProtobuf

extension ServerCall {
    /// Decodes the one request, runs `body` between the interceptors and answers what either throws.
    func serve<Request, Response>(
        _ method: Method<Request, Response>,
        _ body: (Request, CallContext) async throws -> Void
    ) async {
        do {
            let request = try Request(request: self.takePayload())
            await self.serve(subject: method.subject?(request)) { try await body(request, $0) }
        } catch {
            self.fail(error)
        }
    }

    /// Runs `body` with the requests of a streaming client between the interceptors and answers what either throws.
    func serveStream<Request, Response>(
        _ method: Method<Request, Response>,
        _ body: (RequestSequence<Request>, CallContext) async throws -> Void
    ) async {
        guard let queue = self.requests else { preconditionFailure("The method's client does not stream.") }
        await self.serve(subject: nil) { try await body(RequestSequence(of: self, queue), $0) }
    }

    /// Ends a call that has one response with it.
    ///
    /// - Throws: A `Status` if the response does not encode or is too long.
    func reply(_ response: some Message) throws {
        guard !self.isOver else { return }
        let extras = self.context?.extras
        try self.connection.writeMessage { buffer throws(Status) in
            let start = buffer.writerIndex
            try buffer.writeResponse(response, on: self.stream)
            if let extras { buffer.append(extras, toFrameAt: start) }
        }
        self.succeeded()
    }

    /// Ends a stream of responses.
    func endStream() {
        guard !self.isOver else { return }
        self.sendHeaders()
        if let trailers = self.context?.extras?.trailers {
            self.connection.writeMetadata(trailers, isTrailing: true, on: self.stream)
        }
        self.connection.write { $0.writeEnd(of: self.stream) }
        self.succeeded()
    }

    /// Tells the client the headers of a stream, the first time.
    func sendHeaders() {
        guard !self.hasSentHeaders else { return }
        self.hasSentHeaders = true
        guard let headers = self.context?.extras?.headers else { return }
        self.connection.writeMetadata(headers, isTrailing: false, on: self.stream)
    }

    /// What goes along with an error.
    var extras: ResponseExtras {
        var extras = self.context?.extras ?? ResponseExtras()
        if self.hasSentHeaders { extras.headers = Metadata() }
        return extras
    }

    private func serve(subject: String?, _ body: (CallContext) async throws -> Void) async {
        let context = self.makeContext()
        self.context = context
        var interceptors = InterceptorRun(self.method.interceptors)
        do {
            try await interceptors.before(context, subject: subject)
            try await context.tracing { try await body(context) }
        } catch {
            self.fail(self.status(for: error, context))
        }
        interceptors.after(context, self.failure)
    }

    private func makeContext() -> CallContext {
        CallContext(
            method: self.method.descriptor,
            metadata: self.metadata,
            deadline: self.deadline,
            peer: self.connection.peer,
            certificate: self.connection.certificate,
            serial: self.connection.shared.nextSerial(),
            logger: self.connection.service.logger
        )
    }

    /// What the client is told of an error. Internals stay in the log.
    private func status(for error: any Error, _ context: CallContext) -> Status {
        switch error {
        case let status as Status where status.code != .ok:
            return status
        case let error as any StatusConvertible:
            context.logger.warning("Handler failed", metadata: ["error": "\(error)"])
            return error.status
        case is CancellationError:
            return Status(.cancelled, "The call was cancelled.", reason: "CANCELLED")
        default:
            if !self.isOver { context.logger.error("Handler failed", metadata: ["error": "\(error)"]) }
            return Status(.unknown, "The server failed to serve the call.", reason: "HANDLER_FAILED")
        }
    }
}
