import Logging
import NIOCore
import Synchronization

// Everything here runs on the connection's event loop.
extension RedisConnection {
    struct Link {
        /// The handler and channel of the connection that is up.
        var handler: CommandHandler?
        var channel: (any Channel)?
        /// Ends when the last attempt to connect does, either way.
        var attempt: EventLoopFuture<Void>?
        var isConnecting = false
        var retry: Scheduled<Void>?
        var backoff = Backoff()
        var connectedAt = NIODeadline.distantPast
    }

    /// A connection that held for less long counts as a failed attempt.
    private static let steadyAfter = TimeAmount.seconds(1)

    func sendGathered() {
        guard let handler = self.link.value.handler else {
            if !self.link.value.isConnecting, self.link.value.retry == nil { self.connect() }
            return
        }
        for command in self.takeGathered() {
            if command.isGone {
                self.release(command.charge)
            } else {
                handler.append(command)
            }
        }
        handler.flush()
    }

    /// Closes whatever there is; the future ends with it.
    func end() -> EventLoopFuture<Void> {
        let error = RedisError(.closed, "the client was closed", mayHaveExecuted: true)
        self.fail(self.takeGathered(setting: .closed), with: RedisError(.closed, "the client was closed"))
        self.link.value.retry?.cancel()
        self.link.value.retry = nil
        self.link.value.handler?.close(because: error)
        return self.link.value.channel?.closeFuture ?? self.link.value.attempt ?? self.loop.makeSucceededVoidFuture()
    }

    private func connect() {
        guard !self.outbox.withLock(\.isClosed) else { return }
        let events = CommandHandler.Events(
            released: { [weak self] in self?.release($0) },
            closed: { [weak self] in self?.lost($0) }
        )
        self.link.value.isConnecting = true
        let attempt = self.connector.connect(on: self.loop, events).map { self.connected($0) }
        self.link.value.attempt = attempt.flatMapErrorThrowing { self.failed($0) }
    }

    private func connected(_ channel: any Channel) {
        guard channel.isActive else { return self.failed(ChannelError.ioOnClosedChannel) }
        self.link.value.isConnecting = false
        self.link.value.channel = channel
        self.link.value.handler = try? channel.pipeline.syncOperations.handler(type: CommandHandler.self)
        self.link.value.connectedAt = self.loop.now
        guard !self.outbox.withLock(\.isClosed) else { return channel.close(promise: nil) }
        let wasDown = self.outbox.withLock { outbox in
            defer { outbox.status = .accepting }
            return outbox.isDown
        }
        if wasDown { self.logger.notice("connected to Redis again") }
        self.sendGathered()
    }

    private func failed(_ error: any Error) {
        self.link.value.isConnecting = false
        self.goDown(because: RedisError(.unavailable, "cannot connect to Redis: \(error)"))
    }

    /// Called by the handler; also when signing in failed, which `failed` answers.
    private func lost(_ error: RedisError) {
        guard self.link.value.handler != nil else { return }
        self.link.value.handler = nil
        self.link.value.channel = nil
        if self.loop.now - self.link.value.connectedAt >= Self.steadyAfter {
            self.link.value.backoff.succeeded()
            self.connect()
        } else {
            self.goDown(because: RedisError(.unavailable, "lost the connection to Redis: \(error.message)"))
        }
    }

    /// Fails everybody at once until an attempt succeeds.
    private func goDown(because error: RedisError) {
        let isNew = self.outbox.withLock { !$0.isDown && !$0.isClosed }
        self.fail(self.takeGathered(setting: .down(error)), with: error)
        guard !self.outbox.withLock(\.isClosed) else { return }
        if isNew { self.logger.warning("no connection to Redis", metadata: ["error": "\(error)"]) }
        self.link.value.retry = self.loop.scheduleTask(in: self.link.value.backoff.failed()) { [weak self] in
            self?.link.value.retry = nil
            self?.connect()
        }
    }

    private func fail(_ commands: [PendingReply], with error: RedisError) {
        for command in commands {
            self.release(command.charge)
            command.fail(error)
        }
    }
}
