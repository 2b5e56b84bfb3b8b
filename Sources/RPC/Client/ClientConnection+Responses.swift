internal import NIOCore

extension ClientConnection {
    /// Does what a frame says.
    func receive(_ event: FrameDecoder.Event) {
        switch event {
        case .frame(let header, let body): self.obey(self.streams.receive(header), body)
        case .oversize(let header): self.obey(self.streams.receiveOversize(header), ByteBuffer())
        case .broken: self.close()
        }
    }

    /// The caller has read what waited.
    func resumeReading(for attempt: CallAttempt) {
        self.resumeReading()
    }

    /// Ends a call that has left the table.
    func end(_ attempt: CallAttempt, _ end: Result<Void, any Error>) {
        attempt.connection = nil
        self.dispatcher.ended(attempt, end)
    }

    private func obey(_ action: StreamTable<CallAttempt>.Action, _ body: ByteBuffer) {
        switch action {
        case .ignore: break
        case .message(let attempt): self.deliver(body, to: attempt)
        case .lastMessage(let attempt):
            self.deliver(body, to: attempt)
            self.end(attempt, .success(()))
        case .end(let attempt): self.end(attempt, .success(()))
        case .fail(let attempt, let breach): self.end(attempt, .failure(breach.status))
        case .response(let attempt): self.receiveResponse(body, for: attempt)
        }
    }

    private func receiveResponse(_ body: ByteBuffer, for attempt: CallAttempt) {
        let bytes = body.readableBytesUInt8Span
        guard let envelope = try? ResponseEnvelope(parsing: bytes) else {
            return self.end(attempt, .failure(Status.malformedResponse))
        }
        if let status = envelope.status.map({ Status(decoding: bytes.extracting($0).bytes) }), status.code != .ok {
            return self.end(attempt, .failure(status))
        }
        // Nothing should come with the end of a stream; if something does, it is the last message.
        if !attempt.call.method.kind.streamsResponses || !envelope.payload.isEmpty {
            self.deliver(body.part(envelope.payload), to: attempt)
        }
        self.end(attempt, .success(()))
    }

    private func deliver(_ message: ByteBuffer, to attempt: CallAttempt) {
        let isFull = attempt.call.responses.deliver(message)
        if isFull, attempt.call.method.kind.streamsResponses { self.pauseReading() }
    }
}
