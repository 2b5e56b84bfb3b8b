/// Which calls of one connection are running, and what each frame from the client means for them.
///
/// A pure state machine: frames in, one action out. The connection obeys it and holds no rule of its own.
struct CallTable<Call> {
    /// What to do about a frame.
    enum Action {
        /// Nothing; the client gets no answer.
        case ignore
        /// Read the request; then `start` its call, or answer why not.
        case open
        /// Hand the frame's message to the call.
        case message(Call)
        /// Hand the frame's message to the call; it is the last.
        case lastMessage(Call)
        /// Tell the call that no message follows.
        case halfClose(Call)
        /// Answer on the frame's stream.
        case answer(Violation)
        /// Answer on the frame's stream, which ends this call.
        case abort(Call, Violation)
        /// Close the connection.
        case close
    }

    private struct Entry {
        let call: Call
        /// Whether messages of the client may follow.
        var takesMore: Bool
        var waiting = InboundBudget.Share()
    }

    private let limits: ServerConfiguration
    private var entries: [UInt32: Entry] = [:]
    private var budget: InboundBudget
    private var running = 0
    private var highest: UInt32 = 0
    private var oversize = OversizeCount()
    private(set) var isDraining = false

    init(limits: ServerConfiguration) {
        self.limits = limits
        self.budget = InboundBudget(limits: limits)
    }

    /// Whether no call waits for its answer.
    var isIdle: Bool { self.entries.isEmpty }

    /// Bytes of messages that wait for handlers, with ten more for each.
    var waitingBytes: Int { self.budget.bytes }

    /// Whether no handler runs any more, not even one whose call is over.
    var isQuiet: Bool { self.running == 0 }

    /// A frame arrived.
    mutating func receive(_ header: FrameHeader) -> Action {
        guard let type = header.knownType else { return .ignore }
        guard header.isOdd else { return .answer(.evenStream) }
        switch type {
        case .request: return self.receiveRequest(header.stream)
        case .response: return .ignore
        case .data: return self.receiveData(header)
        }
    }

    /// The header of a frame arrived that is too long. `second` is the time by any clock that only moves forward.
    mutating func receiveOversize(_ header: FrameHeader, at second: Int64) -> Action {
        guard self.oversize.count(at: second, limit: self.limits.oversizeFramesPerMinute) else { return .close }
        guard let type = header.knownType else { return .ignore }
        if let call = self.remove(header.stream) { return .abort(call, .oversize) }
        let isLate = type != .request && header.stream <= self.highest
        self.noteOpened(header.stream)
        return isLate ? .ignore : .answer(.oversize)
    }

    /// A call begins to run, after `open`.
    mutating func start(_ call: Call, on stream: UInt32, takesMore: Bool = false) {
        self.entries[stream] = Entry(call: call, takesMore: takesMore)
        self.running += 1
    }

    /// The request of a call that has just started holds the first message of its stream.
    mutating func receiveFirstMessage(_ length: Int, on stream: UInt32) -> Action {
        self.takeMessage(length, on: stream)
    }

    /// The handler of a call that is not over has taken a message.
    mutating func consumed(_ length: Int, on stream: UInt32) {
        guard var entry = self.entries[stream] else { return }
        self.budget.giveBack(length, of: &entry.waiting)
        self.entries[stream] = entry
    }

    /// The answer that ends a call is written; nothing more goes out on its stream.
    ///
    /// - Returns: Whether the connection may close now.
    mutating func end(_ stream: UInt32) -> Bool {
        _ = self.remove(stream)
        return self.mayClose
    }

    /// The handler of a call has returned, whether or not the call was over before.
    mutating func handlerReturned() {
        self.running -= 1
    }

    /// No new calls from here on.
    ///
    /// - Returns: Whether the connection may close now.
    mutating func drain() -> Bool {
        self.isDraining = true
        return self.mayClose
    }

    /// The connection is gone.
    ///
    /// - Returns: The calls that will not be answered.
    mutating func close() -> [Call] {
        defer { self.entries.removeAll() }
        return self.entries.values.map(\.call)
    }

    private var mayClose: Bool { self.isDraining && self.isIdle }

    private mutating func receiveRequest(_ stream: UInt32) -> Action {
        if stream <= self.highest, let call = self.remove(stream) { return .abort(call, .streamReused) }
        self.noteOpened(stream)
        if self.isDraining { return .answer(.draining) }
        // A handler that outlives its call holds its place, or opening and abandoning calls would defeat the limit.
        guard self.running < self.limits.maxConcurrentCalls else { return .answer(.tooManyCalls) }
        return .open
    }

    private mutating func receiveData(_ header: FrameHeader) -> Action {
        guard let entry = self.entries[header.stream] else {
            return header.stream > self.highest ? .answer(.streamInactive) : .ignore
        }
        let ends = header.flags.contains(.remoteClosed)
        let hasMessage = !header.flags.contains(.noData)
        if !ends, !hasMessage { return .ignore }
        guard entry.takesMore else { return self.abort(header.stream, .unexpectedData) }
        if ends { self.entries[header.stream]?.takesMore = false }
        return hasMessage ? self.takeMessage(header.length, on: header.stream) : .halfClose(entry.call)
    }

    private mutating func takeMessage(_ length: Int, on stream: UInt32) -> Action {
        guard var entry = self.entries[stream] else { return .ignore }
        guard self.budget.take(length, for: &entry.waiting) else { return self.abort(stream, .queueFull) }
        self.entries[stream] = entry
        return entry.takesMore ? .message(entry.call) : .lastMessage(entry.call)
    }

    private mutating func abort(_ stream: UInt32, _ violation: Violation) -> Action {
        self.remove(stream).map { .abort($0, violation) } ?? .ignore
    }

    private mutating func remove(_ stream: UInt32) -> Call? {
        guard let entry = self.entries.removeValue(forKey: stream) else { return nil }
        self.budget.drop(entry.waiting)
        return entry.call
    }

    private mutating func noteOpened(_ stream: UInt32) {
        self.highest = max(self.highest, stream)
    }
}

/// How many oversize frames came within the last minute that began with one.
private struct OversizeCount {
    private var windowStart = Int64.min
    private var frames = 0

    /// Counts one more and says whether it is still within the limit.
    mutating func count(at second: Int64, limit: Int) -> Bool {
        if second - 60 >= self.windowStart {
            self.windowStart = second
            self.frames = 0
        }
        self.frames += 1
        return self.frames <= limit
    }
}
