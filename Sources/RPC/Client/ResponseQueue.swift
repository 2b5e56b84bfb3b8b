internal import NIOCore
internal import Synchronization

/// The encoded responses of one call on their way from the connection to the caller, and how the call ended.
///
/// It is bounded by credit; without that a connection of its own stops reading while the queue is full, and on a shared
/// one the call fails.
final class ResponseQueue: Sendable {
    /// A message, nil after the last one, or how the call failed.
    typealias Answer = Result<ByteBuffer?, any Error>

    /// What a caller has taken since the connection last asked, as flow control counts it.
    struct Taken: Equatable {
        /// Credit owed for it.
        var charge = 0
        /// Bytes with the headers of their frames.
        var size = 0
    }

    /// What became of a message that was delivered.
    struct Delivery: Equatable {
        /// Whether the queue is full now; `next` tells when it no longer is.
        var isFull = false
        var taken = Taken()
    }

    fileprivate typealias Reader = CheckedContinuation<ByteBuffer?, any Error>

    fileprivate struct State {
        let limit: Int
        var messages = MessageQueue()
        /// Bytes with the headers of their frames.
        var bytes = 0
        var taken = Taken()
        /// Credit taken from which on the connection is told.
        var reportAt = Int.max
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

    /// Tells the connection, through the caller's `next`, when this much credit is owed.
    func report(at charge: Int) {
        self.state.withLock { $0.reportAt = charge }
    }

    /// What has been taken since this was last asked.
    func collectTaken() -> Taken {
        self.state.withLock { $0.collect() }
    }

    /// Adds a message, for whose credit `charge` is owed once it is taken; after the end it is dropped.
    func deliver(_ message: ByteBuffer, charge: Int = 0) -> Delivery {
        let (reader, delivery) = self.state.withLock { $0.add(message, charge) }
        reader?.resume(returning: message)
        return delivery
    }

    /// Ends the call; messages that wait are read first. Only the first end counts.
    func finish(_ end: Result<Void, any Error>) {
        let reader = self.state.withLock { $0.finish(end) }
        reader?.resume(with: end.map { nil })
    }

    /// Ends the call for a caller that reads no more.
    func cancel() {
        let reader = self.state.withLock { $0.cancel() }
        reader?.resume(throwing: CancellationError())
    }

    /// The next message; nil after the last. Calls `resume` when the queue has been full and no longer is, and when
    /// enough credit is owed.
    ///
    /// - Throws: How the call failed.
    func next(resume: () -> Void) async throws -> ByteBuffer? {
        let (answer, mustTell) = self.state.withLock { $0.take() }
        if mustTell { resume() }
        if let answer { return try answer.get() }
        return try await withCheckedThrowingContinuation { reader in
            let (answer, mustTell) = self.state.withLock { $0.take(orLetWait: reader) }
            if mustTell { resume() }
            if let answer { reader.resume(with: answer) }
        }
    }
}

extension ResponseQueue.State {
    /// - Returns: The reader that gets the message, and what became of it.
    fileprivate mutating func add(
        _ message: ByteBuffer,
        _ charge: Int
    ) -> (ResponseQueue.Reader?, ResponseQueue.Delivery) {
        let reader = self.reader.take()
        if reader != nil || self.end != nil {
            self.note(message, charge)
        } else {
            self.messages.append(.init(bytes: message, credit: charge))
            self.bytes += FrameHeader.charge(of: message.readableBytes)
            self.isFull = self.bytes >= self.limit
        }
        return (reader, .init(isFull: self.isFull, taken: charge > 0 ? self.collect() : .init()))
    }

    fileprivate mutating func collect() -> ResponseQueue.Taken {
        defer { self.taken = .init() }
        return self.taken
    }

    private mutating func note(_ message: ByteBuffer, _ charge: Int) {
        guard charge > 0 else { return }
        self.taken.charge += charge
        self.taken.size += FrameHeader.charge(of: message.readableBytes)
    }

    /// - Returns: The reader that learns of the end.
    fileprivate mutating func finish(_ end: Result<Void, any Error>) -> ResponseQueue.Reader? {
        guard self.end == nil else { return nil }
        self.end = end
        return self.reader.take()
    }

    /// - Returns: The reader that learns of the end.
    fileprivate mutating func cancel() -> ResponseQueue.Reader? {
        let reader = self.finish(.failure(CancellationError()))
        // A good end would make what was dropped look complete.
        if case .failure = self.end, self.messages.isEmpty { return reader }
        self.messages = MessageQueue()
        self.bytes = 0
        self.end = .failure(CancellationError())
        return reader
    }

    /// - Returns: What to read, nil if there is nothing yet, and whether the connection must be told.
    fileprivate mutating func take() -> (ResponseQueue.Answer?, mustTell: Bool) {
        guard let next = self.messages.popFirst() else { return (self.end.map { $0.map { nil } }, false) }
        self.bytes -= FrameHeader.charge(of: next.bytes.readableBytes)
        let owedBefore = self.taken.charge
        self.note(next.bytes, next.credit)
        let hasCeased = self.isFull && self.bytes <= self.limit / 2
        if hasCeased { self.isFull = false }
        let isOwed = owedBefore < self.reportAt && self.taken.charge >= self.reportAt
        return (.success(next.bytes), hasCeased || isOwed)
    }

    /// As `take`; keeps the reader if there is nothing yet.
    fileprivate mutating func take(
        orLetWait reader: ResponseQueue.Reader
    ) -> (ResponseQueue.Answer?, mustTell: Bool) {
        let (answer, mustTell) = self.take()
        if answer != nil { return (answer, mustTell) }
        if self.reader != nil { return (.failure(Status.twoReaders), false) }
        self.reader = reader
        return (nil, self.taken.charge > 0)  // the server may wait for just this credit
    }
}

extension Status {
    fileprivate static var twoReaders: Status {
        Status(.internal, "Two tasks read the same stream.", reason: "TWO_READERS")
    }
}
