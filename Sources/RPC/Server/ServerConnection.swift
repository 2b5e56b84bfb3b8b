internal import Logging
internal import NIOCore

/// One connection of a client: frames in, calls, frames out.
///
/// Framing, calls and output share one channel handler, so that nothing is boxed or copied between them.
// Touched on its event loop only.
final class ServerConnection: CallOrigin, ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let shared: ServerLoop
    let service: ServerCore
    /// The network address of the client; nil on a unix socket.
    let host: String?
    var calls: CallTable<ServerCall>
    var output = ServerOutput()
    var patience: Patience
    var life: ConnectionLife
    var negotiation: ServerNegotiation
    var conduct: PeerConduct
    /// What there is for a client that speaks the extension; nil for any other, and until that is known.
    var extended: ExtendedPeer?
    private(set) var context: ChannelHandlerContext?
    private(set) var isReading = false
    private var decoder: FrameDecoder
    var memory = RequestMemory()
    private var checkUpTimer: (ticket: Deadlines<ServerLoop.Waiting>.Ticket, due: NIODeadline)?

    init(of service: ServerCore, on shared: ServerLoop, from host: String? = nil) {
        self.shared = shared
        self.host = host
        self.service = service
        self.calls = CallTable(limits: service.limits)
        self.decoder = FrameDecoder(longestBody: service.limits.maxFrameBody)
        self.patience = Patience(limits: service.limits)
        let jitter = 0.9 + 0.2 * Double(shared.nextSerial() % 1024) / 1023
        self.life = ConnectionLife(limits: service.limits, jitter: jitter)
        self.negotiation = ServerNegotiation(isOn: service.limits.extensionSettings != nil)
        self.conduct = PeerConduct(limits: service.limits)
        super.init(.unix, logger: service.logger)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.lost()
    }

    func channelActive(context: ChannelHandlerContext) {
        self.peer = Peer(context.remoteAddress)
        let now = self.shared.loop.now
        self.patience.connected(at: now)
        self.life.connected(at: now)
        self.scheduleCheckUp()
    }

    /// The TLS handshake is done; a client that agreed on the extension in it speaks it from the first frame on (X6).
    func secured(by certificate: PeerCertificate?, isExtended: Bool) {
        self.certificate = certificate
        self.patience.connected(at: self.shared.loop.now)
        self.scheduleCheckUp()
        if isExtended { self.receiveOffer() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.output.hasFailed { return }
        self.shared.reads()
        self.life.received()
        self.decoder.append(self.unwrapInboundIn(data))
        self.takeFrames()
    }

    /// Looks at the frames that have been read. Those of a read that was on its way when the peer fell behind wait until
    /// it has caught up.
    func takeFrames() {
        if self.output.holdsBackReads { return }
        self.isReading = true
        var frames = false
        while self.context != nil, !self.output.hasFailed, let event = self.decoder.next() {
            frames = true
            self.receive(event)
        }
        self.noteProgress(frames: frames)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.isReading { self.shared.hasRead(self) }
    }

    /// What was read in this turn of the loop has been looked at.
    func endTurn() {
        self.isReading = false
        self.flush()
    }

    func read(context: ChannelHandlerContext) {
        if self.output.holdsBackReads { return self.output.readHeldBack = true }
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.output.isWritable = context.channel.isWritable
        if self.output.isWritable { self.peerCaughtUp() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.service.logger.debug("Connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.lost()
    }

    /// The channel is gone, or never became active.
    private func lost() {
        guard self.context.take() != nil else { return }
        self.output.isWritable = true
        self.cancelCheckUp()
        self.memory.forget()
        let lost = Status(.cancelled, "The connection was closed.", reason: "CONNECTION_LOST")
        self.calls.close().forEach { $0.cancel(lost) }
        self.peerCaughtUp()
        self.leaveIfQuiet()
    }

    /// A handler has returned, whether or not its call was over before.
    func handlerReturned() {
        self.calls.handlerReturned()
        self.leaveIfQuiet()
    }

    /// Takes no new calls, and closes once those running are answered.
    func drain() {
        let isUndecided = self.negotiation.state == .open || self.negotiation.state == .offered
        self.obey(self.life.shutDown(isUndecided: isUndecided, at: self.shared.loop.now))
        self.scheduleCheckUp()
    }

    /// Closes at once; what runs is cancelled.
    func close() {
        self.context?.close(promise: nil)
    }

    private func leaveIfQuiet() {
        if self.context == nil, self.calls.isQuiet { self.service.connections.remove(self) }
    }
}

// MARK: - Waiting for the client

extension ServerConnection {
    /// Closes a connection that has kept the server waiting for too long.
    func checkUp() {
        self.checkUpTimer = nil
        if !self.isWritable { self.noteBacklog() }
        let now = self.shared.loop.now
        if let verdict = self.patience.verdict(at: now) { return self.close(because: "\(verdict)") }
        self.obey(self.life.step(at: now))
        self.scheduleCheckUp()
    }

    /// Closes at once and says in the log why.
    func close(because reason: String) {
        self.service.logger.debug("Closing a connection", metadata: ["because": "\(reason)"])
        self.close()
    }

    /// Makes sure somebody looks when the next wait becomes too long.
    func scheduleCheckUp() {
        guard self.context != nil, let limit = self.nextLimit else { return self.cancelCheckUp() }
        if let timer = self.checkUpTimer, timer.due <= limit { return }
        self.cancelCheckUp()
        let wait = max(0, (limit - self.shared.loop.now).nanoseconds)
        self.checkUpTimer = (self.shared.deadlines.add(.connection(self), in: wait), limit)
    }

    private var nextLimit: NIODeadline? {
        guard let limit = self.patience.limit else { return self.life.due }
        return min(limit, self.life.due ?? limit)
    }

    private func cancelCheckUp() {
        if let timer = self.checkUpTimer.take() { self.shared.deadlines.remove(timer.ticket) }
    }

    private func noteProgress(frames: Bool) {
        let unfinished = self.decoder.unfinished
        guard self.context != nil, unfinished != nil || self.patience.awaitsBytes else { return }
        self.patience.read(unfinished: unfinished, frames: frames, at: self.shared.loop.now)
        self.scheduleCheckUp()
    }
}
