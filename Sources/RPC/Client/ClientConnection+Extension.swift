internal import Logging
internal import NIOCore

// What the extension adds: negotiation, fragments, credit, control frames.
extension ClientConnection {
    /// A frame of the extension arrived, or one that nobody knows.
    func receiveExtension(_ header: FrameHeader, _ body: ByteBuffer) {
        if header.extensionType == .continuation { return self.receiveContinuation(header, body) }
        guard self.extended != nil || header.extensionType == .settings else { return }
        do {
            guard let frame = try ExtensionFrame(parsing: header, body) else { return }
            try self.obey(frame)
        } catch is FlowControlError {
            self.breakOff(.flowControlError)
        } catch {
            if self.extended != nil { self.breakOff(.protocolError) }
        }
    }

    /// A frame of the base protocol arrived, which may be a piece of one.
    func receiveFragment(_ header: FrameHeader, _ body: ByteBuffer) {
        guard let charge = self.spend(header) else { return }
        guard self.streams.call(on: header.stream) != nil else { return self.returnCredit(charge, of: header.stream) }
        if let outcome = self.extended?.assembler.receive(header, body) { self.obey(outcome, header, charge: charge) }
    }

    /// Frees what a stream that has ended holds of the extension.
    func release(_ stream: UInt32) {
        guard self.extended != nil else { return }
        self.extended?.scheduler.discard(stream)
        self.extended?.assembler.drop(stream)
        if let grants = self.extended?.credit.close(stream) { self.write(grants, on: stream) }
    }

    /// A stream has been opened.
    func open(_ attempt: CallAttempt) {
        guard let window = self.extended?.agreement.receiving.stream else { return }
        if attempt.call.method.kind.streamsRequests { self.extended?.scheduler.open(attempt.stream) }
        guard attempt.call.method.kind.streamsResponses else { return }
        self.extended?.credit.open(attempt.stream)
        attempt.call.responses.report(at: window / 2)
    }

    /// The caller has read what waited.
    func resumeReading(for attempt: CallAttempt) {
        self.resumeReading()
        guard self.extended != nil else { return }
        self.take(attempt.call.responses.collectTaken(), on: attempt.stream)
    }

    /// A message was put into its call's queue, and others were taken from it.
    func noteDelivery(of message: ByteBuffer, _ charge: Int, _ taken: ResponseQueue.Taken, on stream: UInt32) {
        do {
            let size = FrameHeader.charge(of: message.readableBytes)
            let grants = try self.extended?.credit.receiveMessage(charge: charge, size: size, on: stream)
            if let grants { self.write(grants, on: stream) }
            self.take(taken, on: stream)
        } catch {
            self.breakOff(.flowControlError)
        }
    }

    /// Returns the credit of a frame that no caller will see.
    func returnCredit(_ charge: Int, of stream: UInt32) {
        guard charge > 0 else { return }
        do {
            let grants = try self.extended?.credit.receivePiece(charge: charge, on: stream)
            if let grants { self.write(grants, on: stream) }
        } catch {
            self.breakOff(.flowControlError)
        }
    }

    /// Says why and closes: the server breaks the protocol, or does not answer.
    func breakOff(_ code: GoAway.Code, _ text: String = "") {
        self.fault = .protocolBroken(self.endpoint.address, "\(code) \(text)")
        if self.extended != nil {
            self.output.write(.goAway(GoAway(lastStream: 0, code: code.rawValue, text: text)))
            self.flush()
        }
        self.close()
    }

    /// The credit a frame costs; nil if the server has none, and the connection is closed.
    private func spend(_ header: FrameHeader) -> Int? {
        do {
            return try self.extended?.credit.spend(header) ?? 0
        } catch {
            self.breakOff(.flowControlError)
            return nil
        }
    }

    private func take(_ taken: ResponseQueue.Taken, on stream: UInt32) {
        let grants = self.extended?.credit.take(charge: taken.charge, size: taken.size, on: stream)
        if let grants { self.write(grants, on: stream) }
    }

    private func write(_ grants: InboundCredit.Grants, on stream: UInt32) {
        if let credit = grants.stream { self.output.write(.windowUpdate(stream: stream, credit: credit)) }
        if let credit = grants.connection {
            self.output.write(.windowUpdate(stream: FrameHeader.connectionStream, credit: credit))
        }
        if grants != .init() { self.wrote() }
    }
}

// MARK: - Bodies in pieces

extension ClientConnection {
    private func receiveContinuation(_ header: FrameHeader, _ body: ByteBuffer) {
        guard self.extended != nil, let charge = self.spend(header) else { return }
        guard self.streams.call(on: header.stream) != nil else { return self.returnCredit(charge, of: header.stream) }
        guard let outcome = self.extended?.assembler.receiveContinuation(header, body) else {
            return self.breakOff(.protocolError, "CONT without a body")
        }
        self.obey(outcome, header, charge: charge)
    }

    private func obey(_ outcome: BodyAssembler.Outcome, _ header: FrameHeader, charge: Int) {
        switch outcome {
        case .whole(let header, let body): self.receivePlainOrCompressed(header, body, charge: charge)
        case .partial: self.returnCredit(charge, of: header.stream)
        case .tooLong, .noRoom:
            self.returnCredit(charge, of: header.stream)
            self.failHere(on: header.stream, StreamTable<CallAttempt>.Breach.oversize.status)
        case .violation: self.breakOff(.protocolError, "a frame within a body")
        }
    }

    private func receivePlainOrCompressed(_ header: FrameHeader, _ body: ByteBuffer, charge: Int) {
        guard header.flags.contains(.compressed), let longest = self.extended?.longestMessage else {
            return self.receiveWhole(header, body, charge: charge)
        }
        guard let codec = self.extended?.codec else { return self.breakOff(.compressionError) }
        do {
            let original = try codec.decompress(body, limit: longest)
            var header = header
            header.flags.remove(.compressed)
            header.length = original.readableBytes
            self.receiveWhole(header, original, charge: charge)
        } catch {
            self.returnCredit(charge, of: header.stream)
            self.failHere(on: header.stream, error.status)
        }
    }

    private func failHere(on stream: UInt32, _ status: Status) {
        if let attempt = self.streams.call(on: stream) { self.failHere(attempt, status) }
    }
}

// MARK: - Control frames

extension ClientConnection {
    private func obey(_ frame: ExtensionFrame) throws {
        switch frame {
        case .settings(let settings, let isAcknowledgement):
            try self.negotiate(settings, isAcknowledgement)
        case .ping(let bytes, let isAcknowledgement):
            if isAcknowledgement { return }
            self.output.write(.ping(bytes, isAcknowledgement: true))
            self.wrote()
        case .goAway(let goAway): self.retire(goAway)
        case .windowUpdate(FrameHeader.connectionStream, let credit):
            try self.extended?.scheduler.grantConnection(credit)
            self.wrote()
        case .windowUpdate(let stream, let credit):
            try self.extended?.scheduler.grant(credit, to: stream)
            self.wrote()
        case .cancel: break
        case .reset(let stream, let reset): self.receive(reset, on: stream)
        case .metadata(let stream, let metadata, let isTrailing):
            guard let receipt = self.streams.call(on: stream)?.call.receipt else { return }
            if isTrailing { receipt.note(trailers: metadata) } else { receipt.note(headers: metadata) }
        }
    }

    private func negotiate(_ settings: Ttrpc_Settings, _ isAcknowledgement: Bool) throws {
        switch self.discovery.receive(settings, isAcknowledgement: isAcknowledgement) {
        case .ignore: break
        case .breach: self.breakOff(.protocolError, "SETTINGS")
        case .agree(let agreement):
            let configuration = self.dispatcher.configuration
            self.extended = ExtendedState(
                agreement,
                ours: configuration.extensionSettings ?? .init(),
                firstStream: self.streams.next ?? .max,
                budget: configuration.connectionQueueLimit
            )
            if let ours = self.endpoint.ourSettings { self.output.write(.settings(ours, isAcknowledgement: true)) }
            self.applyLimit()
            self.startKeepalive(agreement)
            self.wrote()
        }
    }

    private func receive(_ reset: Reset, on stream: UInt32) {
        self.extended?.credit.abort(stream)
        guard let attempt = self.streams.call(on: stream) else { return }
        self.streams.forget(stream)
        self.fail(attempt, reset.status, reset.isRefused ? .unprocessed : .processed, Pushback(reset.retry))
    }

    /// The server wants no more calls here; those above its last one it will not look at.
    private func retire(_ goAway: GoAway) {
        if goAway.code == GoAway.Code.enhanceYourCalm.rawValue { self.endpoint.slowDownKeepalive() }
        if goAway.code != GoAway.Code.noError.rawValue {
            self.dispatcher.logger.info("A server closes a connection", metadata: ["why": "\(goAway.text)"])
        }
        self.streams.retire()
        self.becameRetired?()
        // What nobody waits for does not keep the server waiting.
        for attempt in self.streams.calls where attempt.call.watch != nil {
            self.failHere(attempt, self.endpoint.connectionLost)
        }
        for attempt in self.streams.takeCalls(above: goAway.lastStream) {
            self.fail(attempt, self.endpoint.connectionLost, .unprocessed)
        }
        self.closeIfSpent()
    }
}

extension Reset {
    /// What the caller is told.
    fileprivate var status: Status { Status(self.code, self.text) }
}

extension DecompressionError {
    /// What the caller is told.
    fileprivate var status: Status {
        switch self {
        case .malformed:
            Status(.internal, "The server sent a message that does not decompress.", reason: "MALFORMED_COMPRESSION")
        case .tooLong: StreamTable<CallAttempt>.Breach.oversize.status
        }
    }
}
