import DequeModule
import NIOCore

/// Sends commands and matches the replies with them, first in, first out. Belongs to its channel's event loop.
final class CommandHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Slot {
        let pending: PendingReply
        let deadline: NIODeadline
    }

    /// What the owner hears of.
    struct Events: Sendable {
        /// Commands do not count against the bounds any more.
        var released: @Sendable (Charge) -> Void
        /// The connection ended; every waiting caller has its error.
        var closed: @Sendable (RedisError) -> Void
    }

    private let configuration: RedisConfiguration
    private let events: Events
    private var parser: ReplyParser?
    private var slots: Deque<Slot> = []
    private var output = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var failure: RedisError?

    init(_ configuration: RedisConfiguration, _ events: Events) {
        self.configuration = configuration
        self.events = events
        self.parser = ReplyParser(byteLimit: configuration.replyByteLimit)
    }

    // MARK: Sending

    /// Puts a command behind those already sent; it leaves with the next `flush`.
    func append(_ pending: PendingReply) {
        guard let context = self.context, context.channel.isActive else {
            self.events.released(pending.charge)
            return pending.fail(RedisError(.connectionLost, "the connection ended before the command was sent"))
        }
        self.slots.append(Slot(pending: pending, deadline: context.eventLoop.now + self.configuration.commandTimeout))
        self.output.writeImmutableBuffer(pending.command.bytes)
        if self.timer == nil { self.scheduleTimer() }
    }

    /// Sends everything appended so far in one go.
    func flush() {
        guard let context = self.context, self.output.readableBytes > 0 else { return }
        let written = self.output
        self.output = ByteBuffer()
        context.writeAndFlush(self.wrapOutboundOut(written), promise: nil)
    }

    /// Ends the connection; waiting callers get the error.
    func close(because failure: RedisError) {
        guard self.failure == nil else { return }
        self.failure = failure
        self.context?.close(promise: nil)
    }

    // MARK: Receiving

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.failure == nil else { return }
        do throws(RedisError) {
            try self.read(self.unwrapInboundIn(data))
        } catch {
            self.close(because: error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.close(because: RedisError(.connectionLost, "\(error)", mayHaveExecuted: true))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        let failure =
            self.failure ?? RedisError(.connectionLost, "the server closed the connection", mayHaveExecuted: true)
        let slots = self.slots
        self.slots = []
        self.events.released(slots.reduce(into: Charge()) { $0 += $1.pending.charge })
        slots.forEach { $0.pending.fail(failure) }
        self.events.closed(failure)
        context.fireChannelInactive()
    }

    private func read(_ buffer: ByteBuffer) throws(RedisError) {
        var answered: [(pending: PendingReply, reply: Reply)] = []
        defer {  // who is answered may send again at once, so its place must be free
            self.events.released(answered.reduce(into: Charge()) { $0 += $1.pending.charge })
            answered.forEach { $0.pending.finish($0.reply) }
        }
        let result = buffer.withUnsafeReadableBytes { content in
            Result<Void, RedisError> { () throws(RedisError) in try self.parser?.feed(content) }
        }
        try result.get()
        while let reply = try self.parser?.next() {
            guard let slot = self.slots.popFirst() else {
                throw RedisError(.brokenProtocol, "the server sent an answer that nobody asked for")
            }
            answered.append((slot.pending, reply))
        }
    }

    // MARK: Timeouts

    // All commands wait equally long, so one timer, set for the first of them, does for all.
    private func scheduleTimer() {
        guard let context = self.context else { return }
        let now = context.eventLoop.now
        let due = self.slots.first { $0.deadline > now }?.deadline ?? self.lastChance
        guard let due = [due, self.lastChance].compactMap(\.self).min() else { return self.timer = nil }
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.timerFired() }
    }

    /// When the server has left the oldest command unanswered for twice the timeout.
    private var lastChance: NIODeadline? {
        self.slots.first.map { $0.deadline + self.configuration.commandTimeout }
    }

    private func timerFired() {
        guard let context = self.context else { return }
        let now = context.eventLoop.now
        let error = RedisError(.timedOut, "the server did not answer in time", mayHaveExecuted: true)
        for slot in self.slots.prefix(while: { $0.deadline <= now }) { slot.pending.fail(error) }
        if let lastChance = self.lastChance, lastChance <= now {
            return self.close(because: RedisError(.connectionLost, "the server fell silent", mayHaveExecuted: true))
        }
        self.scheduleTimer()
    }
}
