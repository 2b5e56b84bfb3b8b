internal import Logging
internal import NIOCore

/// The extension on a connection: who speaks it, and how a connection ends whose client does.
extension ServerConnection {
    /// What the eight bytes of a PING mean that the server sends.
    enum PingPurpose: UInt64 {
        case keepalive = 1
        case warning = 2
    }

    /// A frame of no type of the base protocol came from a client that has not agreed on the extension, if it knows it.
    /// Nothing answers it.
    func receiveUnagreed(_ header: FrameHeader, _ body: ByteBuffer) {
        switch header.extensionType {
        case .settings: self.receiveSettings(header, body)
        case .cancel:
            let mayCancel = self.conduct.receiveCancel(at: self.shared.loop.now)
            guard mayCancel else { return self.close(because: "too many cancels") }
            if header.isOdd { self.receiveCancel(header.stream) }
        default: break
        }
    }

    /// The first request shows whether its client speaks the extension.
    ///
    /// - Throws: A `Status` if the server waited only for that to serve no more calls.
    func receiveFirst(_ request: RequestEnvelope) throws(Status) {
        guard request.offer == nil else { return self.receiveOffer() }
        self.negotiation.receivePlainRequest()
        self.obey(self.life.becamePlain())
        if self.calls.isDraining { throw Violation.draining.status }
    }

    /// The client has offered the extension.
    func receiveOffer() {
        guard let settings = self.service.settings, self.negotiation.receiveOffer() else { return }
        self.writeControl(.settings(settings, isAcknowledgement: false))
    }

    /// The client wants a call no longer.
    func receiveCancel(_ stream: UInt32) {
        let call = self.calls.cancel(stream)
        if let extended = self.extended {
            extended.scheduler.discard(stream)
            extended.assembler.drop(stream)
        }
        call?.cancel(Status(.cancelled, "The caller has given the call up.", reason: "CALLER_GAVE_UP"))
        self.noteEnd(mayClose: self.calls.mayClose)
    }

    /// Tells a client that speaks the extension what goes along with a stream.
    func writeMetadata(_ metadata: Metadata, isTrailing: Bool, on stream: UInt32) {
        guard let extended = self.extended, extended.agreement.features.contains(.metadata) else { return }
        guard !metadata.pairs.isEmpty, metadata.size <= ResponseExtras.mostMetadata else { return }
        self.write { $0.write(ExtensionFrame.metadata(stream: stream, metadata, isTrailing: isTrailing)) }
    }

    /// Looks at a frame of the base protocol that ends the output buffer.
    func sendsBaseFrame(_ buffer: inout ByteBuffer, at start: Int) {
        self.negotiation.sendsBaseFrame()
        guard let extended = self.extended else { return }
        self.conduct.sendsBaseFrame()
        extended.admit(&buffer, frameAt: start)
    }

    /// Obeys the life of the connection.
    func obey(_ step: ConnectionLife.Step) {
        switch step {
        case .nothing: break
        case .ping: self.writeControl(.ping(PingPurpose.keepalive.rawValue, isAcknowledgement: false))
        case .warn(let reason):
            self.writeControl(.goAway(GoAway(lastStream: GoAway.warning, code: 0, text: reason)))
            self.writeControl(.ping(PingPurpose.warning.rawValue, isAcknowledgement: false))
        case .finish:
            if self.extended != nil {
                self.writeControl(.goAway(GoAway(lastStream: self.calls.highest, code: 0, text: "")))
            }
            if self.calls.drain() { self.closeWhenWritten() }
        case .closeWhenIdle:
            self.output.closesWhenIdle = true
            if self.calls.isIdle { self.closeWhenWritten() }
        case .close(let reason): self.close(because: reason)
        }
    }

    /// Tells a client that speaks the extension why its connection closes, and closes it.
    func breach(_ code: GoAway.Code, _ text: String) {
        guard !self.output.hasFailed else { return }
        self.service.logger.debug("Closing a connection", metadata: ["because": "\(text)"])
        self.writeControl(.goAway(GoAway(lastStream: self.calls.highest, code: code.rawValue, text: text)))
        self.output.hasFailed = true
        let status = Status(.cancelled, "The connection was closed.", reason: "CONNECTION_CLOSED")
        self.calls.close().forEach { $0.cancel(status) }
        self.life.close(by: self.shared.loop.now + ConnectionLife.patience)
        self.scheduleCheckUp()
        self.closeWhenWritten()
    }

    private func receiveSettings(_ header: FrameHeader, _ body: ByteBuffer) {
        let isAnswer = header.flags.contains(.acknowledgement)
        guard header.stream == FrameHeader.connectionStream else { return }
        guard self.negotiation.receiveSettings(isAcknowledgement: isAnswer) == true else { return }
        guard let frame = try? ExtensionFrame(parsing: header, body), case .settings(let theirs, _) = frame else {
            return self.breach(.protocolError, "malformed settings")
        }
        self.agree(theirs)
    }

    /// The shortest longest frame that a client may ask for: shorter ones would cost the server more than they carry.
    private static let leastMaxFrame = 1024

    private func agree(_ theirs: Ttrpc_Settings) {
        guard let ours = self.service.settings else { return }
        do {
            guard theirs.maxFrame == 0 || theirs.maxFrame >= Self.leastMaxFrame else { throw MalformedFrame() }
            let agreement = try Agreement(ours: ours, theirs: theirs)
            self.extended = ExtendedPeer(agreement, limits: self.service.limits)
            self.calls.agree(agreement.features.contains(.flowControl) ? agreement.receiving : nil)
            self.obey(self.life.agreed(at: self.shared.loop.now))
            self.scheduleCheckUp()
        } catch {
            self.breach(.protocolError, "settings contradict the protocol")
        }
    }
}
