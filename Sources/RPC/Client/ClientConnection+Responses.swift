internal import NIOCore
internal import SwiftProtobuf

extension ClientConnection {
    /// Does what a frame says.
    func receive(_ event: FrameDecoder.Event) {
        switch event {
        case .frame(let header, let body):
            if header.knownType == nil { return self.receiveExtension(header, body) }
            guard self.discovery.receiveBaseFrame(on: header.stream) else { return self.breakOff(.protocolError) }
            if self.extended != nil { return self.receiveFragment(header, body) }
            self.receiveWhole(header, body, charge: 0)
        case .oversize(let header):
            if header.knownType != nil, !self.discovery.receiveBaseFrame(on: header.stream) {
                return self.breakOff(.protocolError)
            }
            self.obey(self.streams.receiveOversize(header), header, ByteBuffer(), charge: 0)
        case .broken: self.close()
        }
    }

    /// Does what a whole frame of the base protocol says; `charge` is the credit it has cost.
    func receiveWhole(_ header: FrameHeader, _ body: ByteBuffer, charge: Int) {
        self.obey(self.streams.receive(header), header, body, charge: charge)
    }

    /// A call has ended that has left the table, the server with it.
    func finish(_ attempt: CallAttempt, _ end: Result<Void, any Error>) {
        self.release(attempt.stream)
        attempt.connection = nil
        self.dispatcher.finished(attempt, end)
    }

    /// A call has failed that has left the table, as far as is known after the server has seen it.
    func fail(
        _ attempt: CallAttempt,
        _ status: Status,
        _ reach: AttemptFailure.Reach = .processed,
        _ pushback: Pushback? = nil
    ) {
        self.release(attempt.stream)
        attempt.connection = nil
        self.dispatcher.failed(attempt, AttemptFailure(status: status, reach: reach, pushback: pushback))
    }

    /// A call has failed on this side while the server goes on with it.
    func failHere(_ attempt: CallAttempt, _ status: Status) {
        self.streams.forget(attempt.stream)
        if self.extended == nil {
            self.finish(attempt, .failure(status))
            if self.use == .oneStream { self.close() }  // tells the server to stop
        } else {
            attempt.connection = nil
            self.cancel(attempt, .cancelled)
            self.dispatcher.finished(attempt, .failure(status))
        }
    }

    private func obey(
        _ action: StreamTable<CallAttempt>.Action,
        _ header: FrameHeader,
        _ body: ByteBuffer,
        charge: Int
    ) {
        switch action {
        case .ignore: self.returnCredit(charge, of: header.stream)
        case .message(let attempt): self.deliver(body, to: attempt, charge: charge)
        case .lastMessage(let attempt):
            self.deliver(body, to: attempt, charge: charge)
            self.finish(attempt, .success(()))
        case .end(let attempt): self.finish(attempt, .success(()))
        case .fail(let attempt, let breach):
            self.returnCredit(charge, of: header.stream)
            self.failHere(attempt, breach.status)
        case .response(let attempt): self.receiveResponse(body, for: attempt)
        }
    }

    private func receiveResponse(_ body: ByteBuffer, for attempt: CallAttempt) {
        let bytes = body.readableBytesUInt8Span
        guard let envelope = try? ResponseEnvelope(parsing: bytes) else {
            return self.finish(attempt, .failure(Status.malformedResponse))
        }
        if let receipt = attempt.call.receipt {
            if !envelope.headers.isEmpty { receipt.note(headers: Metadata(envelope.headers, in: bytes)) }
            if !envelope.trailers.isEmpty { receipt.note(trailers: Metadata(envelope.trailers, in: bytes)) }
        }
        if let status = envelope.status.map({ Status(decoding: bytes.extracting($0).bytes) }), status.code != .ok {
            let hint = envelope.retryAfter.flatMap {
                try? Google_Protobuf_Duration(serializedBytes: bytes.extracting($0).bytes)
            }
            return self.fail(attempt, status, .processed, hint.map(Pushback.init) ?? Pushback(of: status))
        }
        // Nothing should come with the end of a stream; if something does, it is the last message.
        if !attempt.call.method.kind.streamsResponses || !envelope.payload.isEmpty {
            self.deliver(body.part(envelope.payload), to: attempt, charge: 0)
        }
        self.finish(attempt, .success(()))
    }

    private func deliver(_ message: ByteBuffer, to attempt: CallAttempt, charge: Int) {
        let call = attempt.call
        if let watch = call.watch {
            self.returnCredit(charge, of: attempt.stream)
            return watch.receive(message)
        }
        call.hasDelivered = true
        let delivery = call.responses.deliver(message, charge: charge)
        if charge > 0 {
            self.noteDelivery(of: message, charge, delivery.taken, on: attempt.stream)
        } else if delivery.isFull, call.method.kind.streamsResponses {
            if self.use == .oneStream { self.pauseReading() } else { self.failHere(attempt, .streamOverflow) }
        }
    }
}
