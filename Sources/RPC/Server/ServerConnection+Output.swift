internal import NIOCore

/// What a connection has written but not handed to its channel, and whether its peer keeps up.
struct ServerOutput {
    /// A stream's frames go out when they reach this many bytes.
    static let fullBatch = 64 * 1024

    /// Frames of the present turn of the loop; nil if there are none.
    var buffer: ByteBuffer?
    /// Whether `flush` is due at the end of the turn.
    var isFlushDue = false
    /// Whether the connection closes when all is written.
    var closesWhenWritten = false
    /// Whether the channel takes more; the peer does not keep up while it does not.
    var isWritable = true
    /// Whether the peer must take something before more is read from it.
    var holdsBackReads = false
    /// Whether the channel has asked for a read meanwhile.
    var readHeldBack = false
    /// Calls whose handlers wait until the peer keeps up.
    var blocked: [ServerCall] = []
    /// Bytes handed to the channel since the connection stands.
    var handedOver = 0
}

extension ServerConnection {
    /// Whether the peer keeps up. True also when the connection is gone: nobody need wait then.
    var isWritable: Bool { self.output.isWritable }

    /// Whether enough is written for a flush before the turn ends.
    var hasFullBatch: Bool { (self.output.buffer?.readableBytes ?? 0) >= ServerOutput.fullBatch }

    /// Appends frames, which go out when the loop has done what it has at hand.
    func write<Failure>(_ frames: (inout ByteBuffer) throws(Failure) -> Void) throws(Failure) {
        guard self.context != nil else { return }
        var buffer = self.output.buffer.take() ?? self.shared.buffers.take()
        defer { self.output.buffer = buffer }
        try frames(&buffer)
        self.flushLater()
    }

    /// Writes the error that ends a stream.
    func answer(_ status: Status, on stream: UInt32) {
        self.write { $0.writeStatus(status, on: stream) }
    }

    /// The last frame of a call is written.
    func ended(_ call: ServerCall) {
        if self.calls.end(call.stream) { self.closeWhenWritten() }
    }

    /// Closes after the last byte has gone out.
    func closeWhenWritten() {
        self.output.closesWhenWritten = true
        self.flushLater()
    }

    /// Hands everything written to the channel, in one piece.
    func flush() {
        guard let context = self.context else { return }
        if let buffer = self.output.buffer.take() {
            self.output.handedOver += buffer.readableBytes
            context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
            self.shared.buffers.giveBack(buffer)
            if !self.isWritable { self.fellBehind() }
        }
        if self.output.closesWhenWritten { self.closeBehindLastByte(context) }
    }

    /// The peer has taken what there was, or is gone.
    func peerCaughtUp() {
        self.patience.caughtUp()
        self.output.holdsBackReads = false
        let blocked = self.output.blocked
        self.output.blocked = []
        blocked.forEach { $0.resumeWriters() }
        guard self.output.readHeldBack else { return }
        self.output.readHeldBack = false
        self.context?.read()
    }

    /// A handler waits until the peer keeps up.
    func blocked(_ call: ServerCall) {
        self.output.blocked.append(call)
    }

    /// Looks how far the peer is behind.
    func noteBacklog() {
        let pending = self.pendingBytes
        self.patience.backedUp(taken: self.output.handedOver - pending, at: self.shared.loop.now)
        if pending >= self.service.limits.maxPendingOutput { self.output.holdsBackReads = true }
    }

    private func fellBehind() {
        self.noteBacklog()
        self.scheduleCheckUp()
    }

    private var pendingBytes: Int {
        (try? self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func flushLater() {
        guard !self.isReading, !self.output.isFlushDue else { return }
        self.output.isFlushDue = true
        self.shared.executor.afterJobs {
            self.output.isFlushDue = false
            self.flush()
        }
    }

    private func closeBehindLastByte(_ context: ChannelHandlerContext) {
        let written = self.shared.loop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in self.close() }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: written)
    }
}
