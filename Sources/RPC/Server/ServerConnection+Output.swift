internal import NIOCore

/// What a connection has written but not handed to its channel, and whether its peer keeps up.
struct ServerOutput {
    /// A stream's frames go out when they reach this many bytes.
    static let fullBatch = 64 * 1024
    /// So many batches of what waits for its turn go out before other connections have theirs.
    static let batchesPerTurn = 4

    /// Frames of the present turn of the loop; nil if there are none.
    var buffer: ByteBuffer?
    /// Whether `flush` is due at the end of the turn.
    var isFlushDue = false
    /// Whether the connection closes when all is written.
    var closesWhenWritten = false
    /// Whether the last byte is on its way.
    var isClosing = false
    /// Whether it closes when no call runs.
    var closesWhenIdle = false
    /// Whether the client broke the protocol and was told so: nothing more is read or answered.
    var hasFailed = false
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

    /// Whether the handler of a call should write no more for now.
    func holdsBack(_ call: ServerCall) -> Bool {
        !self.output.isWritable || self.extended?.scheduler.isFull(call.stream) == true
    }

    /// Appends a frame of the base protocol, which goes out when the loop has done what it has at hand.
    @inline(__always)  // Closures took 6 % of a stream's message.
    func write<Failure>(_ frame: (inout ByteBuffer) throws(Failure) -> Void) throws(Failure) {
        guard self.context != nil, !self.output.hasFailed else { return }
        var buffer = self.output.buffer.take() ?? self.shared.buffers.take()
        defer { self.output.buffer = buffer }
        let start = buffer.writerIndex
        try frame(&buffer)
        if self.negotiation.state != .plain { self.sendsBaseFrame(&buffer, at: start) }
        self.flushLater()
    }

    /// Appends a frame of the base protocol with a message.
    ///
    /// - Throws: A `Status` if the message does not encode or is longer than the client takes; nothing is written then.
    @inline(__always)
    func writeMessage(_ frame: (inout ByteBuffer) throws(Status) -> Void) throws(Status) {
        let most = self.extended?.agreement.maxMessage ?? FrameHeader.longestBody
        try self.write { buffer throws(Status) in
            let start = buffer.writerIndex
            try frame(&buffer)
            let length = buffer.writerIndex - start - FrameHeader.size
            guard length <= most else {
                buffer.moveWriterIndex(to: start)
                throw Status.messageTooLong(length, limit: most)
            }
        }
    }

    /// Writes the error that ends a stream.
    func answer(_ status: Status, on stream: UInt32) {
        self.write { $0.writeError(status, on: stream) }
    }

    /// The last frame of a call is written.
    func ended(_ call: ServerCall) {
        self.forget(call.stream)
        self.noteEnd(mayClose: self.calls.end(call.stream))
    }

    /// A call has ended; `mayClose` is what the call table says about the connection.
    func noteEnd(mayClose: Bool) {
        self.tellGrants()
        guard self.calls.isIdle else { return }
        if mayClose || self.output.closesWhenIdle { self.closeWhenWritten() }
        guard self.life.watchesIdle else { return }
        self.life.turned(idle: true, at: self.shared.loop.now)
        self.scheduleCheckUp()
    }

    /// Closes after the last byte has gone out.
    func closeWhenWritten() {
        self.output.closesWhenWritten = true
        self.flushLater()
    }

    /// Hands everything written to the channel, in one piece, and as much of what waits for its turn as goes.
    func flush() {
        guard let context = self.context else { return }
        if let extended = self.extended, !extended.scheduler.isEmpty, !self.output.hasFailed {
            self.pump(extended, context)
        } else {
            self.handOver(context)
        }
        if self.output.holdsBackReads, self.isWritable { self.readOn() }
        let isAllWritten = self.output.hasFailed || self.extended?.scheduler.isEmpty != false
        if self.output.closesWhenWritten, isAllWritten { self.closeBehindLastByte(context) }
    }

    /// Appends what does not wait for its turn.
    func writeControl(_ frame: ExtensionFrame) {
        guard self.context != nil, !self.output.hasFailed else { return }
        var buffer = self.output.buffer.take() ?? self.shared.buffers.take()
        buffer.write(frame)
        self.output.buffer = buffer
        self.flushLater()
    }

    private func handOver(_ context: ChannelHandlerContext) {
        guard let buffer = self.output.buffer.take() else { return }
        self.output.handedOver += buffer.readableBytes
        context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
        self.shared.buffers.giveBack(buffer)
        if !self.isWritable { self.fellBehind() }
    }

    private func pump(_ extended: ExtendedPeer, _ context: ChannelHandlerContext) {
        for _ in 0..<ServerOutput.batchesPerTurn {
            if extended.scheduler.hasReady, self.isWritable {
                var buffer = self.output.buffer.take() ?? self.shared.buffers.take()
                extended.scheduler.write(to: &buffer, limit: ServerOutput.fullBatch)
                self.output.buffer = buffer
                self.conduct.sendsBaseFrame()
            }
            self.handOver(context)
        }
        for stream in extended.scheduler.takeRelieved() { self.calls.call(on: stream)?.resumeWriters() }
        if extended.scheduler.hasReady, self.isWritable { self.flushLater() }
    }

    /// The peer has taken what there was, or is gone.
    func peerCaughtUp() {
        self.patience.caughtUp()
        if self.extended?.scheduler.hasReady == true { self.flushLater() }
        let blocked = self.output.blocked
        self.output.blocked = []
        blocked.forEach { $0.resumeWriters() }
        self.readOn()
    }

    /// A handler waits until the peer keeps up, or until its stream is less full.
    func blocked(_ call: ServerCall) {
        if !self.isWritable { self.output.blocked.append(call) }
    }

    /// Reads again, unless too many answers wait for their turn still.
    private func readOn() {
        if let waiting = self.extended?.scheduler.uncontrolledBytes {
            guard waiting < self.service.limits.maxPendingOutput else { return }
        }
        guard self.output.holdsBackReads else { return }
        self.output.holdsBackReads = false
        self.patience.readOn(at: self.shared.loop.now)
        self.scheduleCheckUp()
        guard self.context != nil else { return }
        self.takeFrames()
        self.shared.hasRead(self)
        guard self.output.readHeldBack else { return }
        self.output.readHeldBack = false
        self.context?.read()
    }

    /// Looks how far the peer is behind.
    func noteBacklog() {
        let pending = self.pendingBytes
        self.patience.backedUp(taken: self.output.handedOver - pending, at: self.shared.loop.now)
        let waiting = self.extended?.scheduler.uncontrolledBytes ?? 0
        guard pending + waiting >= self.service.limits.maxPendingOutput else { return }
        self.output.holdsBackReads = true
        self.patience.holdBackReads()
    }

    private func fellBehind() {
        self.noteBacklog()
        self.scheduleCheckUp()
    }

    private var pendingBytes: Int {
        (try? self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func flushLater() {
        guard !self.isReading, !self.output.isFlushDue else { return }
        self.output.isFlushDue = true
        self.shared.executor.afterJobs {
            self.output.isFlushDue = false
            self.flush()
        }
    }

    private func closeBehindLastByte(_ context: ChannelHandlerContext) {
        guard !self.output.isClosing else { return }
        self.output.isClosing = true
        let written = self.shared.loop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in self.close() }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: written)
    }
}
