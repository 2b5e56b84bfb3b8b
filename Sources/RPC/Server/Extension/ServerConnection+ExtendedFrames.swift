internal import NIOCore

/// Frames from a client that speaks the extension.
extension ServerConnection {
    /// A frame came.
    func receive(_ header: FrameHeader, _ body: ByteBuffer, _ extended: ExtendedPeer) {
        if let type = header.knownType {
            self.conduct.sawBaseFrame()
            self.receiveBase(type, header, body, extended)
        } else if header.extensionType == .continuation {
            self.receiveContinuation(header, body, extended)
        } else {
            self.receiveControl(header, body, extended)
        }
        if extended.assembler.count > 0 || self.patience.awaitedRequest != nil { self.watchRequests(extended) }
        self.tellGrants()
    }

    /// Makes sure that requests in pieces become complete. One is watched at a time, which is enough: what nobody completes
    /// is watched some time.
    private func watchRequests(_ extended: ExtendedPeer) {
        if let stream = self.patience.awaitedRequest, extended.assembler.openType(on: stream) == .request { return }
        self.patience.awaitRequest(on: extended.assembler.unfinishedRequest, at: self.shared.loop.now)
        self.scheduleCheckUp()
    }

    /// A handler has taken a message.
    func consumed(_ message: MessageQueue.Waiting, by call: ServerCall) {
        self.calls.consumed(message.bytes.readableBytes, credit: message.credit, on: call.stream)
        self.tellGrants()
    }

    /// Tells the client what it may send again.
    func tellGrants() {
        guard self.extended != nil else { return }
        for grant in self.calls.takeGrants() {
            self.writeControl(.windowUpdate(stream: grant.stream, credit: grant.credit))
        }
    }

    /// Answers that nobody has seen a request.
    func refuse(_ status: Status, on stream: UInt32) {
        guard self.extended != nil else { return self.answer(status, on: stream) }
        let reset = Reset(code: status.code, isRefused: true, text: status.message)
        self.writeControl(.reset(stream: stream, reset))
    }

    /// Ends a stream with an error at once: what it has queued is thrown away.
    func end(_ stream: UInt32, _ status: Status) {
        let hasBegun = self.extended?.scheduler.discard(stream) ?? false
        self.forget(stream)
        guard hasBegun else { return self.answer(status, on: stream) }
        self.writeControl(.reset(stream: stream, Reset(code: status.code, isRefused: false, text: status.message)))
    }

    /// Nothing more is written on a stream, nor is anything of it wanted.
    func forget(_ stream: UInt32) {
        guard let extended = self.extended else { return }
        extended.scheduler.close(stream)
        extended.assembler.drop(stream)
    }

    /// The original of a compressed body.
    ///
    /// - Throws: A `Status` if it is none, or too long.
    func decompress(_ body: ByteBuffer) throws(Status) -> ByteBuffer {
        let limit = self.service.limits.extensionSettings?.maxMessage ?? FrameHeader.longestBody
        do {
            return try Codec.deflate.decompress(body, limit: limit)
        } catch .tooLong {
            throw Violation.messageTooLong.status
        } catch {
            throw Violation.malformedCompression.status
        }
    }
}

// MARK: - Bodies

extension ServerConnection {
    private func receiveBase(_ type: FrameType, _ header: FrameHeader, _ body: ByteBuffer, _ extended: ExtendedPeer) {
        guard header.stream != FrameHeader.connectionStream else {
            return self.breach(.protocolError, "the stream is the connection's")
        }
        if type == .data, !header.flags.contains(.noData), !self.charge(header, isPart: header.flags.contains(.more)) {
            return
        }
        guard extended.assembler.count == 0 || extended.assembler.openType(on: header.stream) == nil else {
            return self.breach(.protocolError, "a body is not complete")
        }
        guard header.flags.isDisjoint(with: .compressed) || self.acceptsCompression(extended) else {
            return self.breach(.compressionError, "compression is not agreed on")
        }
        if header.flags.contains(.more) {
            self.receiveFirstFragment(type, header, body, extended)
        } else {
            let lingering = type == .request ? extended.scheduler.lingering : 0
            self.obey(self.calls.receive(header, lingering: lingering), header, body)
        }
    }

    private func receiveFirstFragment(
        _ type: FrameType,
        _ header: FrameHeader,
        _ body: ByteBuffer,
        _ extended: ExtendedPeer
    ) {
        switch type {
        case .request:
            let lingering = extended.scheduler.lingering
            let action = self.calls.receiveFirstFragment(ofRequest: header, lingering: lingering)
            guard case .open = action else {
                extended.cutRequest(header.stream)
                return self.obey(action, header, body)
            }
            self.assemble(extended.assembler.receive(header, body), header, extended)
        case .data:
            guard self.calls.takesMessages(on: header.stream) else {
                return self.obey(self.calls.receive(header), header, body)
            }
            self.assemble(extended.assembler.receive(header, body), header, extended)
        case .response: self.breach(.protocolError, "a client answers nothing")
        }
    }

    private func receiveContinuation(_ header: FrameHeader, _ body: ByteBuffer, _ extended: ExtendedPeer) {
        guard header.isOdd else { return self.breach(.protocolError, "stream id must be odd") }
        let type = extended.assembler.openType(on: header.stream)
        if type == .data || (type == nil && !extended.continuesCutRequest(header)) {
            guard self.charge(header, isPart: header.flags.contains(.continues)) else { return }
        }
        if let outcome = extended.assembler.receiveContinuation(header, body) {
            self.assemble(outcome, header, extended)
        } else if !self.calls.isLate(header.stream) {
            self.breach(.protocolError, "no body is begun")
        }
    }

    private func assemble(_ outcome: BodyAssembler.Outcome, _ header: FrameHeader, _ extended: ExtendedPeer) {
        switch outcome {
        case .partial: break
        case .violation: self.breach(.protocolError, "a body is not complete")
        case .whole(let whole, let body):
            guard whole.knownType == .request else { return self.obey(self.calls.receive(whole), whole, body) }
            if self.calls.completeRequest(whole.stream) { self.obey(.open, whole, body) }
        case .tooLong(let whole): self.cut(whole, header, extended, .messageTooLong, or: .answer(.messageTooLong))
        case .noRoom(let whole): self.cut(whole, header, extended, .noRoom, or: .refuse(.noRoom))
        }
    }

    /// Ends the call of a message that cannot be completed; to a request that cannot be the answer is `answer`.
    private func cut(
        _ whole: FrameHeader,
        _ header: FrameHeader,
        _ extended: ExtendedPeer,
        _ violation: Violation,
        or answer: CallTable<ServerCall>.Action
    ) {
        guard whole.knownType == .request else {
            return self.obey(self.calls.abort(whole.stream, violation), whole, ByteBuffer())
        }
        if header.continuesBody { extended.cutRequest(whole.stream) }
        _ = self.calls.completeRequest(whole.stream)
        self.obey(answer, whole, ByteBuffer())
        self.noteEnd(mayClose: self.calls.mayClose)
    }

    /// Takes a frame into account that counts.
    ///
    /// - Returns: Whether it was granted.
    private func charge(_ header: FrameHeader, isPart: Bool) -> Bool {
        do {
            try self.calls.charge(header.length, isPart: isPart, on: header.stream)
            return true
        } catch {
            self.breach(.flowControlError, "more than was granted")
            return false
        }
    }

    private func acceptsCompression(_ extended: ExtendedPeer) -> Bool {
        extended.agreement.features.contains(.compression)
            && self.service.limits.extensionSettings?.acceptsCompression == true
    }
}

// MARK: - Control frames

extension ServerConnection {
    private func receiveControl(_ header: FrameHeader, _ body: ByteBuffer, _ extended: ExtendedPeer) {
        do {
            guard let frame = try ExtensionFrame(parsing: header, body) else { return }
            guard !frame.costsNothing(extended) || self.conduct.receiveControlFrame(at: self.shared.loop.now) else {
                return self.breach(.enhanceYourCalm, "too_many_control_frames")
            }
            try self.receive(frame, extended)
        } catch is FlowControlError {
            self.breach(.flowControlError, "a grant that cannot be")
        } catch {
            self.breach(.protocolError, "malformed frame")
        }
    }

    private func receive(_ frame: ExtensionFrame, _ extended: ExtendedPeer) throws {
        switch frame {
        case .settings: self.breach(.protocolError, "settings never change")
        case .ping(let bytes, isAcknowledgement: true):
            if bytes == PingPurpose.warning.rawValue { self.obey(self.life.receiveAnswer()) }
        case .ping(let bytes, isAcknowledgement: false): self.receivePing(bytes)
        case .goAway: break  // It opens no more calls; those running are served, and it closes when it has enough.
        case .windowUpdate(FrameHeader.connectionStream, let credit):
            try extended.scheduler.grantConnection(credit)
            self.flushLater()
        case .windowUpdate(let stream, let credit):
            try extended.scheduler.grant(credit, to: stream)
            self.flushLater()
        case .cancel(let stream, _, _):
            guard self.conduct.receiveCancel(at: self.shared.loop.now) else {
                return self.breach(.enhanceYourCalm, "too_many_cancels")
            }
            self.receiveCancel(stream)
        case .reset, .metadata: self.breach(.protocolError, "a client sends no such frame")
        }
    }

    private func receivePing(_ bytes: UInt64) {
        guard self.conduct.receivePing(at: self.shared.loop.now) else {
            return self.breach(.enhanceYourCalm, "too_many_pings")
        }
        self.writeControl(.ping(bytes, isAcknowledgement: true))
    }
}

extension FrameHeader {
    /// Whether more of the body of the frame follows.
    fileprivate var continuesBody: Bool {
        self.flags.contains(self.extensionType == .continuation ? .continues : .more)
    }
}

extension ExtensionFrame {
    /// Whether a client could send any number of these without doing anything else. CANCELs have a bound of their own.
    fileprivate func costsNothing(_ extended: ExtendedPeer) -> Bool {
        switch self {
        case .cancel: false
        case .windowUpdate(let stream, let credit): credit < 256 || !extended.scheduler.isSpent(credit, of: stream)
        default: true
        }
    }
}
