/// Which calls of one connection to a server are open, and what each frame from the server means for them.
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
        case dataOnUnaryCall
        case oversize
    }

    private struct Entry {
        let call: Call
        let kind: MethodDescriptor.Kind
    }

    /// The last stream a client may open; upstream's counter breaks behind it.
    private static var lastStream: UInt32 { 0xFFFF_FFFD }

    private let limit: Int
    private var next: UInt32?
    private var open: [UInt32: Entry] = [:]

    init(limit: Int, firstStream: UInt32 = 1) {
        self.limit = limit
        self.next = firstStream
    }

    /// Whether no call is open.
    var isIdle: Bool { self.open.isEmpty }

    /// Whether no call can be opened any more.
    var isExhausted: Bool { self.next == nil }

    /// Opens a call on the next stream.
    mutating func open(_ call: Call, _ kind: MethodDescriptor.Kind) -> Opening {
        guard let stream = self.next else { return .exhausted }
        guard self.open.count < self.limit else { return .full }
        self.next = stream < Self.lastStream ? stream + 2 : nil
        self.open[stream] = Entry(call: call, kind: kind)
        return .opened(stream)
    }

    /// Forgets a call that ended on this side.
    mutating func forget(_ stream: UInt32) {
        self.open[stream] = nil
    }

    /// The connection is gone.
    ///
    /// - Returns: The calls that were open.
    mutating func close() -> [Call] {
        defer { self.open = [:] }
        return self.open.values.map(\.call)
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
        if isLast || entry.kind == .unary { self.open[header.stream] = nil }
        if entry.kind == .unary { return .fail(entry.call, .dataOnUnaryCall) }
        if header.flags.contains(.noData) { return isLast ? .end(entry.call) : .ignore }
        return isLast ? .lastMessage(entry.call) : .message(entry.call)
    }
}
