internal import Logging
internal import NIOCore

/// One connection to a server: requests out, frames in.
// Touched on its event loop only.
final class ClientConnection: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What became of a call that should be sent.
    enum Sending {
        case sent
        /// The call has failed; nothing is sent.
        case refused
        /// As many calls run as may, or too much of them waits to be sent.
        case full
        /// The connection opens no more calls; another one must.
        case exhausted
    }

    /// Who uses the connection.
    enum Use {
        /// One stream at a time.
        case oneStream
        /// All calls.
        case shared
    }

    let endpoint: Endpoint
    let dispatcher: CallDispatcher
    private(set) var use: Use
    private(set) var context: ChannelHandlerContext?
    var streams: StreamTable<CallAttempt>
    var discovery: ServerDiscovery
    /// What the extension needs; nil while it is not in force.
    var extended: ExtendedState?
    private var decoder = FrameDecoder()
    var output = ByteBuffer()
    /// Whether the dispatcher will flush.
    var flushIsDue = false
    /// Calls with messages that cannot be written now.
    var heldBack: [CallAttempt] = []
    /// Whether the event loop will go on with them.
    var pumpIsDue = false
    /// Changes when it does.
    var turn = 0
    /// Whether a call has been sent since the connection was idle.
    var isBusy = false
    /// Why the connection is being closed, if that is the server's fault.
    var fault: Status?
    private(set) var isPaused = false
    private var readHeldBack = false
    /// Why the connection ends, if TLS has told.
    private var failure: TLSFailure?

    /// Called when calls have ended, so that others can be opened.
    var becameRoomy: (() -> Void)?
    /// Called when the last open call has ended by an answer.
    var becameIdle: (() -> Void)?
    /// Called when the server wants no more calls here.
    var becameRetired: (() -> Void)?
    /// Called when the connection is gone.
    var becameGone: (() -> Void)?

    init(to endpoint: Endpoint, for use: Use) {
        let configuration = endpoint.dispatcher.configuration
        self.endpoint = endpoint
        self.dispatcher = endpoint.dispatcher
        self.use = use
        let limit = use == .oneStream ? 1 : configuration.maxConcurrentCalls
        self.streams = StreamTable(limit: limit, firstStream: configuration.firstStream)
        self.discovery = ServerDiscovery(endpoint.ourSettings, isPromised: endpoint.startsExtended)
    }

    /// Whether requests can be sent.
    var isOpen: Bool { self.context != nil }

    /// Makes the connection of one stream that of all calls.
    func share() {
        self.use = .shared
        self.applyLimit()
    }

    /// Lets as many calls run as both ends allow.
    func applyLimit() {
        guard self.use == .shared else { return }
        let theirs = self.discovery.agreement?.maxStreams ?? .max
        self.streams.allow(min(self.dispatcher.configuration.maxConcurrentCalls, theirs))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// The TLS handshake is done. `alpn` says whether the server agreed in it to speak the extension from its first frame
    /// on (X6).
    func negotiated(alpn: Bool) {
        self.discovery = ServerDiscovery(self.endpoint.ourSettings, isPromised: alpn || self.endpoint.startsExtended)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.extended?.keepalive?.sawLife(at: self.dispatcher.loop.now)
        self.decoder.append(self.unwrapInboundIn(data))
        while self.context != nil, let event = self.decoder.next() { self.receive(event) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.becameRoomy?()
        if self.isBusy, self.streams.isIdle { self.allCallsEnded() }
        self.flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // The channel is in the middle of writing, and would go on with what is written here before it reads.
        if context.channel.isWritable { self.pumpHeldBackLater() }
    }

    func read(context: ChannelHandlerContext) {
        if self.isPaused { return self.readHeldBack = true }
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.dispatcher.logger.debug("Connection failed", metadata: ["error": "\(error)"])
        self.failure = self.failure ?? TLSFailure(late: error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        self.extended?.keepaliveTimer?.cancel()
        self.becameGone?()
        let attempts = self.streams.close()
        if let failure {
            // Trying again would not help.
            let status = Status.connectFailed(self.endpoint.address, because: failure)
            for attempt in attempts { self.finish(attempt, .failure(status)) }
        } else {
            let lost = self.fault ?? self.endpoint.connectionLost
            for attempt in attempts { self.fail(attempt, lost) }
        }
    }

    /// Closes the connection; open calls fail.
    func close() {
        self.context?.close(promise: nil)
    }

    /// Closes the connection.
    ///
    /// - Returns: When it is closed; nil if it is.
    func closeAndTell() -> EventLoopFuture<Void>? {
        defer { self.close() }
        return self.context?.channel.closeFuture
    }

    /// Reads nothing more until a caller has read what waits.
    func pauseReading() {
        self.isPaused = true
    }

    /// Goes on reading.
    func resumeReading() {
        self.isPaused = false
        guard self.readHeldBack else { return }
        self.readHeldBack = false
        self.context?.read()
    }

    /// A connection that can open no call and has none open is of no use.
    func closeIfSpent() {
        if self.streams.isExhausted, self.streams.isIdle { self.close() }
    }

    /// No call is open any more.
    func allCallsEnded() {
        self.isBusy = false
        self.closeIfSpent()
        self.resumeReading()
        self.becameIdle?()
    }
}
