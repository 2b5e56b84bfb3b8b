internal import Logging
internal import NIOCore
internal import SwiftProtobuf

extension ServerCall {
    /// Decodes the one request; answers why not.
    func decode<Request: Message>() -> Request? {
        do {
            return try Request(request: self.takePayload())
        } catch {
            self.fail(error)
            return nil
        }
    }

    /// Runs `body` between the interceptors and answers what either throws. `subject` is whom the call is about, if its
    /// method says so.
    func serve(subject: String? = nil, _ body: (CallContext) async throws -> Void) async {
        let context = self.makeContext()
        self.context = context
        var interceptors = InterceptorRun(self.method.steps, since: self.connection.shared.readAt.clock)
        do {
            while let interceptor = try interceptors.next(context, subject: subject) {
                try await interceptor.before(context, subject: subject)
            }
            if let trace = context.trace {
                try await TraceContext.$current.withValue(trace) { try await body(context) }
            } else {
                try await body(context)
            }
        } catch {
            self.fail(self.status(for: error, context))
        }
        interceptors.after(context, self.failure)
    }

    /// Ends a call that has one response with it.
    ///
    /// - Throws: A `Status` if the response does not encode or is too long.
    func reply(_ response: some Message) throws {
        guard !self.isOver else { return }
        let extras = self.context?.extras
        do throws(Status) {
            try self.connection.writeMessage { buffer throws(Status) in
                let start = buffer.writerIndex
                try buffer.writeResponse(response, on: self.stream)
                if let extras { buffer.append(extras, toFrameAt: start) }
            }
        } catch {
            self.isBare = true
            throw error
        }
        self.succeeded()
        if self.connection.hasFullBatch { self.connection.flush() }  // or many long answers would gather in one turn
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
        guard !self.isBare, var extras = self.context?.extras else { return ResponseExtras() }
        if self.hasSentHeaders { extras.headers = Metadata() }
        return extras
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
