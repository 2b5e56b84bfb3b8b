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
        /// The connection opens no more calls; another one must.
        case exhausted
    }

    let endpoint: Endpoint
    let dispatcher: CallDispatcher
    var context: ChannelHandlerContext?
    var streams: StreamTable<CallAttempt>
    private var decoder = FrameDecoder()
    var output = ByteBuffer()
    /// Whether the dispatcher will flush.
    var flushIsDue = false
    /// Calls with messages that cannot be written now.
    var heldBack: [CallAttempt] = []
    /// Whether a call has been sent since the connection was idle.
    var isBusy = false
    private var isPaused = false
    private var readHeldBack = false
    /// Why the connection ends, if TLS has told.
    private var failure: TLSFailure?

    /// Called when the last open call has ended by an answer.
    var becameIdle: (() -> Void)?
    /// Called when the connection is gone.
    var becameGone: (() -> Void)?

    init(to endpoint: Endpoint, maxCalls: Int) {
        self.endpoint = endpoint
        self.dispatcher = endpoint.dispatcher
        self.streams = StreamTable(limit: maxCalls, firstStream: endpoint.dispatcher.configuration.firstStream)
    }

    /// Whether requests can be sent.
    var isOpen: Bool { self.context != nil }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// The TLS handshake is done. `alpn` says whether the server agreed in it to speak the extension from its first frame
    /// on (X6).
    func negotiated(alpn: Bool) {}

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.decoder.append(self.unwrapInboundIn(data))
        while let event = self.decoder.next() { self.receive(event) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.isBusy, self.streams.isIdle { self.allCallsEnded() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { self.pumpHeldBack() }
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
        let lost =
            self.failure.map { .connectFailed(self.endpoint.address, because: $0) } ?? self.endpoint.connectionLost
        for attempt in self.streams.close() { self.end(attempt, .failure(lost)) }
        self.becameGone?()
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

    private func allCallsEnded() {
        self.isBusy = false
        self.closeIfSpent()
        self.resumeReading()
        self.becameIdle?()
    }
}
