internal import DequeModule
internal import NIOCore
internal import Synchronization

/// The encoded responses of one call on their way from the connection to the caller, and how the call ended.
///
/// It is bounded by its reader: the connection stops reading while the queue is full.
final class ResponseQueue: Sendable {
    /// A message, nil after the last one, or how the call failed.
    typealias Answer = Result<ByteBuffer?, any Error>

    fileprivate typealias Reader = CheckedContinuation<ByteBuffer?, any Error>

    fileprivate struct State {
        let limit: Int
        var messages: Deque<ByteBuffer> = []
        var bytes = 0
        var end: Result<Void, any Error>?
        var reader: Reader?
        var isFull = false
    }

    private let state: Mutex<State>

    /// - Parameter limit: Bytes waiting from which on the queue is full.
    init(limit: Int) {
        self.state = Mutex(State(limit: limit))
    }

    /// How the call has ended; nil as long as it has not.
    var end: Result<Void, any Error>? { self.state.withLock { $0.end } }

    /// Whether the call has ended, well or not.
    var isFinished: Bool { self.end != nil }

    /// Adds a message; after the end it is dropped.
    ///
    /// - Returns: Whether the queue is full now; `next` tells when it no longer is.
    func deliver(_ message: ByteBuffer) -> Bool {
        let (reader, isFull) = self.state.withLock { $0.add(message) }
        reader?.resume(returning: message)
        return isFull
    }

    /// Ends the call; messages that wait are read first. Only the first end counts.
    func finish(_ end: Result<Void, any Error>) {
        let reader = self.state.withLock { $0.finish(end) }
        reader?.resume(with: end.map { nil })
    }

    /// Ends the call for a caller that reads no more.
    func cancel() {
        let reader = self.state.withLock { state in
            state.messages = []
            return state.finish(.failure(CancellationError()))
        }
        reader?.resume(throwing: CancellationError())
    }

    /// The next message; nil after the last. Calls `resume` when the queue has been full and no longer is.
    ///
    /// - Throws: How the call failed.
    func next(resume: () -> Void) async throws -> ByteBuffer? {
        let (answer, isFullNoMore) = self.state.withLock { $0.take() }
        if isFullNoMore { resume() }
        if let answer { return try answer.get() }
        return try await withCheckedThrowingContinuation { reader in
            let (answer, isFullNoMore) = self.state.withLock { $0.take(orLetWait: reader) }
            if isFullNoMore { resume() }
            if let answer { reader.resume(with: answer) }
        }
    }
}

extension ResponseQueue.State {
    /// - Returns: The reader that gets the message, and whether the queue is full.
    fileprivate mutating func add(_ message: ByteBuffer) -> (ResponseQueue.Reader?, isFull: Bool) {
        if self.end != nil { return (nil, false) }
        if let reader = self.reader.take() { return (reader, false) }
        self.messages.append(message)
        self.bytes += message.readableBytes
        self.isFull = self.bytes >= self.limit
        return (nil, self.isFull)
    }

    /// - Returns: The reader that learns of the end.
    fileprivate mutating func finish(_ end: Result<Void, any Error>) -> ResponseQueue.Reader? {
        guard self.end == nil else { return nil }
        self.end = end
        return self.reader.take()
    }

    /// - Returns: What to read, nil if there is nothing yet, and whether the queue has ceased to be full.
    fileprivate mutating func take() -> (ResponseQueue.Answer?, isFullNoMore: Bool) {
        guard let message = self.messages.popFirst() else { return (self.end.map { $0.map { nil } }, false) }
        self.bytes -= message.readableBytes
        guard self.isFull, self.bytes <= self.limit / 2 else { return (.success(message), false) }
        self.isFull = false
        return (.success(message), true)
    }

    /// As `take`; keeps the reader if there is nothing yet.
    fileprivate mutating func take(
        orLetWait reader: ResponseQueue.Reader
    ) -> (ResponseQueue.Answer?, isFullNoMore: Bool) {
        let (answer, isFullNoMore) = self.take()
        if answer != nil { return (answer, isFullNoMore) }
        if self.reader != nil { return (.failure(Status.twoReaders), false) }
        self.reader = reader
        return (nil, false)
    }
}

extension Status {
    fileprivate static var twoReaders: Status {
        Status(.internal, "Two tasks read the same stream.", reason: "TWO_READERS")
    }
}
