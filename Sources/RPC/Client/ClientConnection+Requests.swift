internal import NIOCore

extension ClientConnection {
    /// Bytes from which on what is written is handed to the channel at once, so that it can say whether it takes more.
    private static let flushThreshold = 64 * 1024

    /// Writes the request of a call, which goes out at the end of the turn.
    func send(_ attempt: CallAttempt) -> Sending {
        guard self.pendingBytes < self.dispatcher.configuration.maxPendingOutput else {
            return self.refuse(attempt, .tooManyRequests)
        }
        switch self.streams.open(attempt, attempt.call.method.kind) {
        case .exhausted:
            self.closeIfSpent()
            return .exhausted
        case .full: return self.refuse(attempt, .tooManyRequests)
        case .opened(let stream): return self.write(attempt, on: stream)
        }
    }

    /// Writes what the caller has written behind its request, as far as the channel takes it.
    func pump(_ attempt: CallAttempt) {
        guard let requests = attempt.call.requests, attempt.connection === self else { return }
        while self.isWritable {
            switch requests.next() {
            case .message(let message):
                guard self.streams.maySend(on: attempt.stream) else { break }
                self.output.writeHeader(length: message.readableBytes, stream: attempt.stream, type: .data)
                self.output.writeImmutableBuffer(message)
            case .end:
                if self.streams.halfClose(attempt.stream) { self.output.writeEnd(of: attempt.stream) }
            case nil: return
            }
            self.wrote()
        }
        self.heldBack.append(attempt)
    }

    /// Goes on with the calls that could not write.
    func pumpHeldBack() {
        let heldBack = self.heldBack
        self.heldBack = []
        heldBack.forEach(self.pump)
    }

    /// Hands all that is written to the channel, in one piece.
    func flush() {
        self.flushIsDue = false
        guard self.output.readableBytes > 0, let context = self.context else { return }
        let output = self.output
        self.output = ByteBuffer()
        context.writeAndFlush(self.wrapOutboundOut(output), promise: nil)
    }

    /// Ends a call that its caller no longer wants; late frames for it are ignored.
    func abandon(_ attempt: CallAttempt, _ code: Status.Code) {
        self.streams.forget(attempt.stream)
        attempt.connection = nil
        if attempt.call.method.kind == .unary { self.closeIfSpent() } else { self.close() }
    }

    private var isWritable: Bool { self.context?.channel.isWritable ?? false }

    private func wrote() {
        if self.output.readableBytes >= Self.flushThreshold { return self.flush() }
        guard !self.flushIsDue else { return }
        self.flushIsDue = true
        self.dispatcher.flushLater(self)
    }

    private func write(_ attempt: CallAttempt, on stream: UInt32) -> Sending {
        let call = attempt.call
        let timeout = call.deadline.map { max(1, ($0 - self.dispatcher.loop.now).nanoseconds) }
        do {
            try self.output.writeRequest(
                call.envelope,
                timeout: timeout,
                on: stream,
                flags: call.method.kind.requestFlags
            )
        } catch {
            self.streams.forget(stream)
            return self.refuse(attempt, error)
        }
        self.isBusy = true
        attempt.stream = stream
        attempt.connection = self
        self.wrote()
        self.pump(attempt)
        return .sent
    }

    private func refuse(_ attempt: CallAttempt, _ status: Status) -> Sending {
        self.end(attempt, .failure(status))
        return .refused
    }

    private var pendingBytes: Int {
        guard let channel = self.context?.channel, !channel.isWritable else { return 0 }
        return (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
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
