/// Which calls of one connection to a server are open, and what each base frame from the server means for them.
///
/// A pure state machine: frames in, one action out. Whatever belongs to no open call is dropped.
struct StreamTable<Call> {
    /// The answer to a new call.
    enum Opening: Equatable {
        /// Send its request on this stream.
        case opened(UInt32)
        /// As many calls are open as may be.
        case full
        /// The connection has no stream left; it may finish what is open.
        case exhausted
    }

    /// What to do about a frame.
    enum Action {
        case ignore
        /// The envelope in the body ends this call.
        case response(Call)
        /// The body is a message of this call.
        case message(Call)
        /// The body is the last message of this call, which ends well.
        case lastMessage(Call)
        /// This call ends well.
        case end(Call)
        /// This call fails, because the server does what it may not.
        case fail(Call, Breach)
    }

    /// How a server breaks the protocol for one call.
    enum Breach: Equatable {
        case unexpectedData
        case oversize
    }

    private struct Entry {
        let call: Call
        let kind: MethodDescriptor.Kind
        /// Whether the call may send messages behind its request.
        var maySend: Bool
    }

    /// The last stream a client may open; upstream's counter breaks behind it.
    private static var lastStream: UInt32 { 0xFFFF_FFFD }

    private(set) var limit: Int
    /// The stream of the next call; nil if there is none.
    private(set) var next: UInt32?
    private var open: [UInt32: Entry] = [:]

    init(limit: Int, firstStream: UInt32 = 1) {
        self.limit = limit
        self.next = firstStream
    }

    /// Whether no call is open.
    var isIdle: Bool { self.open.isEmpty }

    /// How many calls are open.
    var count: Int { self.open.count }

    /// Whether no call can be opened any more.
    var isExhausted: Bool { self.next == nil }

    /// The open calls, in no order.
    var calls: [Call] { self.open.values.map(\.call) }

    /// The open call of a stream.
    func call(on stream: UInt32) -> Call? { self.open[stream]?.call }

    /// Opens a call on the next stream.
    mutating func open(_ call: Call, _ kind: MethodDescriptor.Kind) -> Opening {
        guard let stream = self.next else { return .exhausted }
        guard self.open.count < self.limit else { return .full }
        self.next = stream < Self.lastStream ? stream + 2 : nil
        self.open[stream] = Entry(call: call, kind: kind, maySend: kind.streamsRequests)
        return .opened(stream)
    }

    /// Whether a message may be sent: the call streams requests, has not finished them and is still open.
    func maySend(on stream: UInt32) -> Bool {
        self.open[stream]?.maySend ?? false
    }

    /// The call sends no more messages.
    ///
    /// - Returns: Whether the server must be told.
    mutating func halfClose(_ stream: UInt32) -> Bool {
        guard self.maySend(on: stream) else { return false }
        self.open[stream]?.maySend = false
        return true
    }

    /// Forgets a call that ended on this side.
    ///
    /// - Returns: Whether it was open.
    @discardableResult
    mutating func forget(_ stream: UInt32) -> Bool {
        self.open.removeValue(forKey: stream) != nil
    }

    /// Opens this many calls at a time from now on.
    mutating func allow(_ limit: Int) {
        self.limit = limit
    }

    /// Opens no call any more.
    mutating func retire() {
        self.next = nil
    }

    /// Forgets the calls on streams above one.
    ///
    /// - Returns: Those that were open.
    mutating func takeCalls(above stream: UInt32) -> [Call] {
        let streams = self.open.keys.filter { $0 > stream }.sorted()
        return streams.compactMap { self.open.removeValue(forKey: $0)?.call }
    }

    /// The connection is gone.
    ///
    /// - Returns: The calls that were open, in the order of their opening.
    mutating func close() -> [Call] {
        self.takeCalls(above: 0)
    }

    /// A frame arrived.
    mutating func receive(_ header: FrameHeader) -> Action {
        guard let type = header.knownType, let entry = self.open[header.stream] else { return .ignore }
        switch type {
        case .request: return .ignore
        case .response:
            self.open[header.stream] = nil
            return .response(entry.call)
        case .data: return self.receiveData(header, entry)
        }
    }

    /// The header of a frame arrived that is too long.
    mutating func receiveOversize(_ header: FrameHeader) -> Action {
        guard header.knownType != nil, let entry = self.open.removeValue(forKey: header.stream) else { return .ignore }
        return .fail(entry.call, .oversize)
    }

    private mutating func receiveData(_ header: FrameHeader, _ entry: Entry) -> Action {
        let isLast = header.flags.contains(.remoteClosed)
        let isExpected = entry.kind.streamsResponses
        if isLast || !isExpected { self.open[header.stream] = nil }
        guard isExpected else { return .fail(entry.call, .unexpectedData) }
        if header.flags.contains(.noData) { return isLast ? .end(entry.call) : .ignore }
        return isLast ? .lastMessage(entry.call) : .message(entry.call)
    }
}
