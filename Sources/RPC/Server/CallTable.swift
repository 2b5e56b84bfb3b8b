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
        /// Hand the frame's message to the call. `credit` is to come back when it is read.
        case message(Call, credit: Int)
        /// Hand the frame's message to the call; it is the last.
        case lastMessage(Call, credit: Int)
        /// Tell the call that no message follows.
        case halfClose(Call)
        /// Answer on the frame's stream.
        case answer(Violation)
        /// Answer on the frame's stream that nobody has seen the request.
        case refuse(Violation)
        /// Answer on the frame's stream, which ends this call.
        case abort(Call, Violation)
        /// Tell a client that speaks the extension that it broke the protocol, and close.
        case breach(String)
        /// Close the connection.
        case close
    }

    private struct Entry {
        let call: Call
        /// Whether messages of the client may follow.
        var takesMore: Bool
        /// What it has of the budget; nil until a frame counts.
        var inbound: Inbound?
    }

    /// An object, so that a call without a stream of requests has only its place.
    private final class Inbound {
        var share: InboundBudget.Share

        init(_ share: InboundBudget.Share) {
            self.share = share
        }
    }

    private let maxConcurrentCalls: Int
    private let oversizeFramesPerMinute: Int
    private var entries = StreamMap<Entry>()
    private var budget: InboundBudget
    private var running = 0
    /// Requests whose first fragment has come but not the last.
    private var arriving: Set<UInt32> = []
    /// The highest stream a client has opened.
    private(set) var highest: UInt32 = 0
    private var oversize = OversizeCount()
    /// Streams above this began after the agreement on the extension; nil without one.
    private var agreedAbove: UInt32?
    /// The highest stream still served.
    private var last = UInt32.max
    private(set) var isDraining = false

    init(limits: ServerConfiguration) {
        self.maxConcurrentCalls = limits.maxConcurrentCalls
        self.oversizeFramesPerMinute = limits.oversizeFramesPerMinute
        self.budget = InboundBudget(limits: limits)
    }

    /// Whether no call waits for its answer.
    var isIdle: Bool { self.entries.isEmpty && self.arriving.isEmpty }

    /// Bytes of messages that wait for handlers, with ten more for each.
    var waitingBytes: Int { self.budget.bytes }

    /// Whether no handler runs any more, not even one whose call is over.
    var isQuiet: Bool { self.running == 0 }

    /// The call on a stream.
    func call(on stream: UInt32) -> Call? { self.entries[stream]?.call }

    /// Whether a stream is over, or was never wanted.
    func isLate(_ stream: UInt32) -> Bool {
        self.entries[stream] == nil && (stream <= self.highest || stream > self.last)
    }

    /// A whole frame arrived. `lingering` is the answers that wait for the client to take them.
    mutating func receive(_ header: FrameHeader, lingering: Int = 0) -> Action {
        guard let type = header.knownType else { return .ignore }
        guard header.isOdd else { return .answer(.evenStream) }
        switch type {
        case .request: return self.receiveRequest(header.stream, lingering: lingering)
        case .response: return .ignore
        case .data: return self.receiveData(header)
        }
    }

    /// The header of a frame arrived that is too long. `second` is the time by any clock that only moves forward.
    mutating func receiveOversize(_ header: FrameHeader, at second: Int64) -> Action {
        guard self.oversize.count(at: second, limit: self.oversizeFramesPerMinute) else { return .close }
        guard let type = header.knownType else { return .ignore }
        if let call = self.remove(header.stream) { return .abort(call, .oversize) }
        let isLate = type != .request && header.stream <= self.highest
        if header.isOdd, header.stream != FrameHeader.connectionStream { self.noteOpened(header.stream) }
        return isLate ? .ignore : .answer(.oversize)
    }

    /// A call begins to run, after `open`.
    mutating func start(_ call: Call, on stream: UInt32, takesMore: Bool = false) {
        self.noteOpened(stream)
        self.entries[stream] = Entry(call: call, takesMore: takesMore)
        self.running += 1
    }

    /// The request of a call that has just started holds the first message of its stream.
    mutating func receiveFirstMessage(_ length: Int, on stream: UInt32) -> Action {
        self.takeMessage(length, on: stream)
    }

    /// The handler of a call that is not over has taken a message.
    mutating func consumed(_ length: Int, credit: Int = 0, on stream: UInt32) {
        guard let inbound = self.entries[stream]?.inbound else { return }
        self.budget.giveBack(length, credit: credit, on: stream, of: &inbound.share)
    }

    /// The client wants a call no longer, whether or not its request is complete.
    mutating func cancel(_ stream: UInt32) -> Call? {
        self.arriving.remove(stream)
        return self.remove(stream)
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

    /// No new calls from here on: a plain client is told so for each, any other has been told already.
    ///
    /// - Returns: Whether the connection may close now.
    mutating func drain() -> Bool {
        self.isDraining = true
        self.last = self.highest
        return self.mayClose
    }

    /// The connection is gone.
    ///
    /// - Returns: The calls that will not be answered.
    mutating func close() -> [Call] {
        defer {
            self.entries.removeAll()
            self.arriving.removeAll()
        }
        return self.entries.values.map(\.call)
    }

    /// Whether the connection is to close and nothing keeps it.
    var mayClose: Bool { self.isDraining && self.isIdle }
}

// MARK: - Frames

extension CallTable {
    private mutating func receiveRequest(_ stream: UInt32, lingering: Int) -> Action {
        if self.agreedAbove != nil {
            guard stream > self.highest else { return .breach("stream ids must increase") }
        } else if stream <= self.highest, let call = self.remove(stream) {
            return .abort(call, .streamReused)
        }
        if self.isDraining, self.agreedAbove != nil { return .ignore }
        self.noteOpened(stream)
        if self.isDraining { return .answer(.draining) }
        // A handler that outlives its call holds its place, or opening and abandoning calls would defeat the limit.
        let open = self.running + self.arriving.count + lingering
        guard open < self.maxConcurrentCalls else { return .refuse(.tooManyCalls) }
        return .open
    }

    private mutating func receiveData(_ header: FrameHeader) -> Action {
        guard let entry = self.entries[header.stream] else {
            if self.isLate(header.stream) { return .ignore }
            if self.agreedAbove == nil { self.noteOpened(header.stream) }  // answered once and no more
            return .answer(.streamInactive)
        }
        let ends = header.flags.contains(.remoteClosed)
        let hasMessage = !header.flags.contains(.noData)
        if !ends, !hasMessage { return .ignore }
        guard entry.takesMore else { return self.abort(header.stream, .unexpectedData) }
        if ends { self.entries[header.stream]?.takesMore = false }
        return hasMessage ? self.takeMessage(header.length, on: header.stream) : .halfClose(entry.call)
    }

    private mutating func takeMessage(_ length: Int, on stream: UInt32) -> Action {
        guard let entry = self.entries[stream], let inbound = self.inbound(of: stream) else { return .ignore }
        guard let credit = self.budget.take(length, for: &inbound.share) else { return self.abort(stream, .queueFull) }
        return entry.takesMore ? .message(entry.call, credit: credit) : .lastMessage(entry.call, credit: credit)
    }

    /// Ends a call for something its client did.
    mutating func abort(_ stream: UInt32, _ violation: Violation) -> Action {
        self.remove(stream).map { .abort($0, violation) } ?? .ignore
    }

    private mutating func remove(_ stream: UInt32) -> Call? {
        guard let entry = self.entries.removeValue(for: stream) else { return nil }
        if let inbound = entry.inbound { self.budget.drop(inbound.share) }
        return entry.call
    }

    /// What a call has of the budget, if it is not over.
    private mutating func inbound(of stream: UInt32) -> Inbound? {
        guard let entry = self.entries[stream] else { return nil }
        if let inbound = entry.inbound { return inbound }
        let isControlled = self.agreedAbove.map { stream > $0 } == true
        let inbound = Inbound(isControlled ? self.budget.share() : InboundBudget.Share())
        self.entries[stream]?.inbound = inbound
        return inbound
    }

    private mutating func noteOpened(_ stream: UInt32) {
        self.highest = max(self.highest, stream)
    }
}

// MARK: - The extension

extension CallTable {
    /// Both ends speak the extension from here on. Streams that begin now are flow controlled if there are windows.
    mutating func agree(_ windows: Agreement.Windows?) {
        self.agreedAbove = self.highest
        if let windows { self.budget.control(windows) }
    }

    /// The first fragment of a request arrived: `open` means that the rest is wanted.
    mutating func receiveFirstFragment(ofRequest header: FrameHeader, lingering: Int) -> Action {
        let action = self.receive(header, lingering: lingering)
        if case .open = action { self.arriving.insert(header.stream) }
        return action
    }

    /// The request whose first fragment arrived is complete.
    ///
    /// - Returns: Whether it is still wanted.
    mutating func completeRequest(_ stream: UInt32) -> Bool {
        self.arriving.remove(stream) != nil
    }

    /// Whether a call takes another message.
    func takesMessages(on stream: UInt32) -> Bool {
        self.entries[stream]?.takesMore ?? false
    }

    /// A frame of a message arrived, whatever becomes of it. `isPart` says that the message goes on in another frame.
    mutating func charge(_ length: Int, isPart: Bool, on stream: UInt32) throws(FlowControlError) {
        guard let agreedAbove = self.agreedAbove, stream > agreedAbove else { return }
        guard let inbound = self.inbound(of: stream) else { return try self.budget.chargeLate(length) }
        try self.budget.charge(length, isPart: isPart, on: stream, &inbound.share)
    }

    /// Credit to tell the client of.
    mutating func takeGrants() -> [InboundBudget.Grant] {
        self.budget.takeGrants()
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
