internal import DequeModule
internal import NIOCore
internal import Synchronization

/// The encoded requests of one call on their way from the caller to the connection.
///
/// It is bounded by its writer, who waits while the queue is full.
final class RequestOutbox: Sendable {
    /// What the connection sends next.
    enum Item: Equatable {
        case message(ByteBuffer)
        /// The caller has written its last message.
        case end
    }

    fileprivate typealias Writer = CheckedContinuation<Void, any Error>

    fileprivate struct State {
        let limit: Int
        var messages: Deque<ByteBuffer> = []
        var bytes = 0
        /// Whether the caller has written its last message, and whether the connection knows.
        var hasEnded = false
        var endIsTaken = false
        /// Why nothing can be written any more, from the connection's side.
        var failure: (any Error)?
        var writer: Writer?
        /// Whether a message has left for a connection.
        var hasGivenAway = false
        /// Whether the connection knows that something waits.
        var isAnnounced = false
    }

    private let state: Mutex<State>

    /// - Parameter limit: Bytes waiting from which on a writer waits.
    init(limit: Int) {
        self.state = Mutex(State(limit: limit))
    }

    /// Adds a message and waits while the queue is full. Calls `announce` if the connection does not yet know that
    /// something waits.
    ///
    /// - Throws: Why the call takes no more messages.
    func write(_ message: ByteBuffer, announce: () -> Void) async throws {
        let (isNews, isFull) = try self.state.withLock { try $0.add(message) }
        if isNews { announce() }
        guard isFull else { return }
        try await withCheckedThrowingContinuation { (writer: Writer) in
            if let answer = self.state.withLock({ $0.letWait(writer) }) { writer.resume(with: answer) }
        }
    }

    /// Says that there will be no more messages; more than once is as good as once.
    func end(announce: () -> Void) {
        if self.state.withLock({ $0.finish() }) { announce() }
    }

    /// Refuses further messages and drops those that wait. Only the first reason counts.
    func fail(_ error: any Error) {
        let writer = self.state.withLock { $0.fail(error) }
        writer?.resume(throwing: error)
    }

    /// Whether a message or the end has been taken out, so that the queue cannot be sent from its start again.
    var hasGivenAway: Bool { self.state.withLock { $0.hasGivenAway } }

    /// What to send next; nil if nothing waits, after which the next write is announced again.
    func next() -> Item? {
        let (item, writer) = self.state.withLock { $0.take() }
        writer?.resume()
        return item
    }
}

extension RequestOutbox.State {
    fileprivate mutating func add(_ message: ByteBuffer) throws -> (isNews: Bool, isFull: Bool) {
        if let failure = self.failure { throw failure }
        if self.hasEnded { throw Status.streamHasEnded }
        if self.writer != nil { throw Status.twoWriters }
        self.messages.append(message)
        self.bytes += message.readableBytes + FrameHeader.size
        return (self.announce(), self.bytes >= self.limit)
    }

    fileprivate mutating func finish() -> Bool {
        guard !self.hasEnded, self.failure == nil else { return false }
        self.hasEnded = true
        return self.announce()
    }

    /// - Returns: What the writer learns at once; nil if it waits.
    fileprivate mutating func letWait(_ writer: RequestOutbox.Writer) -> Result<Void, any Error>? {
        if let failure = self.failure { return .failure(failure) }
        if self.bytes < self.limit { return .success(()) }
        if self.writer != nil { return .failure(Status.twoWriters) }
        self.writer = writer
        return nil
    }

    fileprivate mutating func fail(_ error: any Error) -> RequestOutbox.Writer? {
        guard self.failure == nil else { return nil }
        self.failure = error
        self.messages = []
        self.bytes = 0
        return self.writer.take()
    }

    fileprivate mutating func take() -> (RequestOutbox.Item?, RequestOutbox.Writer?) {
        guard let message = self.messages.popFirst() else {
            self.isAnnounced = false
            guard self.hasEnded, !self.endIsTaken, self.failure == nil else { return (nil, nil) }
            self.endIsTaken = true
            self.hasGivenAway = true
            return (.end, nil)
        }
        self.hasGivenAway = true
        self.bytes -= message.readableBytes + FrameHeader.size
        return (.message(message), self.bytes <= self.limit / 2 ? self.writer.take() : nil)
    }

    private mutating func announce() -> Bool {
        defer { self.isAnnounced = true }
        return !self.isAnnounced
    }
}

extension Status {
    fileprivate static var twoWriters: Status {
        Status(.internal, "Two tasks write the same stream.", reason: "TWO_WRITERS")
    }

    fileprivate static var streamHasEnded: Status {
        Status(.failedPrecondition, "The stream of requests has been finished.", reason: "STREAM_FINISHED")
    }
}
