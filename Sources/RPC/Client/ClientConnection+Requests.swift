internal import NIOCore

extension ClientConnection {
    /// Bytes from which on what is written is handed to the channel at once, so that it can say whether it takes more.
    private static let flushThreshold = 64 * 1024

    /// How often that much is handed over before the event loop does something else.
    private static let roundsPerTurn = 16

    /// Writes the request of a call, which goes out at the end of the turn.
    func send(_ attempt: CallAttempt) -> Sending {
        guard self.pendingBytes < self.dispatcher.configuration.maxPendingOutput else {
            return self.refuse(attempt, .tooManyRequests)
        }
        if self.extended?.scheduler.isCrowded == true { return .full }
        switch self.streams.open(attempt, attempt.call.method.kind) {
        case .exhausted:
            self.closeIfSpent()
            return .exhausted
        case .full: return .full
        case .opened(let stream): return self.write(attempt, on: stream)
        }
    }

    /// A caller has written behind its request. That goes out at once, but what it writes next not before the event loop
    /// has looked at its sockets: who always has more, and a server that takes it all, would else keep it from reading.
    func hasMore(_ attempt: CallAttempt) {
        if attempt.lastTurn == self.turn {
            self.heldBack.append(attempt)
        } else {
            attempt.lastTurn = self.turn
            self.pump(attempt)
        }
        self.pumpHeldBackLater()
    }

    /// Writes what the caller has written behind its request, as far as channel and server take it.
    func pump(_ attempt: CallAttempt) {
        guard let requests = attempt.call.requests, attempt.connection === self else { return }
        var left = Self.flushThreshold
        while attempt.connection === self, self.isWritable {
            // A caller may write as fast as this sends; others and what arrives must have their turn.
            if left <= 0 {
                self.heldBack.append(attempt)
                return self.pumpHeldBackLater()
            }
            // Whoever is relieved there is pumped again.
            if self.extended?.scheduler.isFull(attempt.stream) == true { return self.wrote() }
            switch requests.next() {
            case .message(let message):
                left -= FrameHeader.charge(of: message.readableBytes)
                self.write(message, of: attempt)
            case .end: self.writeEnd(of: attempt)
            case nil: return
            }
        }
        if attempt.connection === self { self.heldBack.append(attempt) }
    }

    /// Goes on with the calls that could not write, once the event loop has looked at its sockets.
    func pumpHeldBackLater() {
        guard !self.pumpIsDue else { return }
        self.pumpIsDue = true
        self.dispatcher.loop.afterReading {
            self.pumpIsDue = false
            self.turn &+= 1
            let heldBack = self.heldBack
            self.heldBack = []
            heldBack.forEach(self.pump)
            self.flush()
        }
    }

    /// Hands all that is written to the channel, in one piece as long as it is small.
    func flush() {
        self.flushIsDue = false
        self.handOver()
        var rounds = 0
        while self.extended?.scheduler.hasReady == true, self.isWritable {
            rounds += 1
            if rounds > Self.roundsPerTurn { return self.dispatcher.loop.afterReading { self.flush() } }
            self.extended?.scheduler.write(to: &self.output, limit: Self.flushThreshold)
            self.handOver()
            let relieved = self.extended?.scheduler.takeRelieved() ?? []
            for stream in relieved { self.streams.call(on: stream).map(self.pump) }
        }
        self.handOver()
        if rounds > 0 { self.becameRoomy?() }
    }

    /// Ends a call that its caller no longer wants; late frames for it are ignored.
    func abandon(_ attempt: CallAttempt, _ code: Status.Code) {
        attempt.connection = nil
        guard self.streams.forget(attempt.stream) else { return }
        switch self.discovery.peer {
        case .extended: self.cancel(attempt, code)
        case .undecided where self.use == .shared: self.cancel(attempt, code)
        case .undecided, .plain:
            if attempt.call.method.kind != .unary { return self.close() }
        }
        self.madeRoom()
    }

    /// A call has ended outside of a read, after which others may be sent.
    private func madeRoom() {
        self.becameRoomy?()
        self.closeIfSpent()
        if self.isBusy, self.streams.isIdle { self.allCallsEnded() }
    }

    /// Tells the server that a call is over here.
    func cancel(_ attempt: CallAttempt, _ code: Status.Code) {
        self.release(attempt.stream)
        self.output.write(.cancel(stream: attempt.stream, code, ""))
        self.wrote()
    }

    /// Something has been written, which goes out at the end of the turn.
    func wrote() {
        if self.output.readableBytes >= Self.flushThreshold { return self.handOver() }
        guard !self.flushIsDue else { return }
        self.flushIsDue = true
        self.dispatcher.flushLater(self)
    }

    private var isWritable: Bool { self.context?.channel.isWritable ?? false }

    private func handOver() {
        guard self.output.readableBytes > 0, let context = self.context else { return }
        let output = self.output
        self.output = ByteBuffer()
        context.writeAndFlush(self.wrapOutboundOut(output), promise: nil)
    }

    private var pendingBytes: Int {
        guard let channel = self.context?.channel, !channel.isWritable else { return 0 }
        return (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

// MARK: - Frames

extension ClientConnection {
    private func write(_ attempt: CallAttempt, on stream: UInt32) -> Sending {
        let call = attempt.call
        let start = self.output.writerIndex
        do {
            try self.writeRequest(of: call, on: stream)
        } catch {
            self.streams.forget(stream)
            return self.refuse(attempt, error)
        }
        self.isBusy = true
        attempt.stream = stream
        attempt.connection = self
        self.open(attempt)
        self.extended?.scheduler.admit(&self.output, frameAt: start)
        self.wrote()
        self.pump(attempt)
        return .sent
    }

    private func writeRequest(of call: ClientCall, on stream: UInt32) throws(Status) {
        let timeout = call.deadline.map { max(1, ($0 - self.dispatcher.loop.now).nanoseconds) }
        let flags = call.method.kind.requestFlags
        if let codec = self.codec(for: call), !call.carriesCredentials {
            var body = ByteBuffer()
            body.writeRequestBody(call.envelope, timeout: timeout)
            if let compressed = codec.compress(body) {
                return self.writeFrame(compressed, .request, on: stream, flags.union(.compressed))
            }
        }
        if let longest = self.extended?.agreement.maxMessage, call.envelope.readableBytes > longest {
            throw .messageTooLong(call.envelope.readableBytes, limit: longest)
        }
        try self.output.writeRequest(
            call.envelope,
            timeout: timeout,
            offer: self.discovery.offers ? self.endpoint.offer : nil,
            on: stream,
            flags: flags
        )
    }

    private func write(_ message: ByteBuffer, of attempt: CallAttempt) {
        guard self.streams.maySend(on: attempt.stream) else { return }
        if let longest = self.extended?.agreement.maxMessage, message.readableBytes > longest {
            self.failHere(attempt, .messageTooLong(message.readableBytes, limit: longest))
            return self.madeRoom()
        }
        let start = self.output.writerIndex
        if let compressed = self.codec(for: attempt.call)?.compress(message) {
            self.writeFrame(compressed, .data, on: attempt.stream, .compressed)
        } else {
            self.writeFrame(message, .data, on: attempt.stream)
        }
        self.extended?.scheduler.admit(&self.output, frameAt: start)
        self.wrote()
    }

    private func writeEnd(of attempt: CallAttempt) {
        guard self.streams.halfClose(attempt.stream) else { return }
        let start = self.output.writerIndex
        self.output.writeEnd(of: attempt.stream)
        self.extended?.scheduler.admit(&self.output, frameAt: start)
        self.wrote()
    }

    private func writeFrame(_ body: ByteBuffer, _ type: FrameType, on stream: UInt32, _ flags: FrameFlags = []) {
        self.output.writeHeader(length: body.readableBytes, stream: stream, type: type, flags: flags)
        self.output.writeImmutableBuffer(body)
    }

    private func codec(for call: ClientCall) -> Codec? {
        call.compression ? self.extended?.agreement.codec : nil
    }

    private func refuse(_ attempt: CallAttempt, _ status: Status) -> Sending {
        attempt.connection = nil
        self.dispatcher.finished(attempt, .failure(status))
        return .refused
    }
}

extension MethodDescriptor.Kind {
    /// The flags of a request, by which servers that look at them tell whether messages follow.
    fileprivate var requestFlags: FrameFlags {
        switch self {
        case .unary: []
        case .serverStreaming: .remoteClosed
        case .clientStreaming, .bidirectional: [.remoteOpen, .noData]
        }
    }
}
