internal import DequeModule
internal import NIOCore

/// The order in which frames of the base protocol go to a peer that speaks the extension: streams take turns, a fragment
/// each, as far as the peer's windows allow. A pure value.
///
/// What can go at once stays in the output buffer, where it was encoded. Control frames are written there directly and so
/// never wait behind what is queued here.
struct FrameScheduler {
    /// The longest piece of a body sent in one turn.
    static let fragment = 16 * 1024

    /// A stream with more than this queued should not be given more.
    static let fullStream = 64 * 1024

    /// Bytes of bodies begun and not ended from which on no more should begin: the other end holds them meanwhile.
    static let crowd = 4 * 1024 * 1024

    fileprivate struct Body {
        var header: FrameHeader
        var bytes: ByteBuffer
        var hasBegun = false
        var isControlled: Bool { self.header.knownType == .data && !self.header.flags.contains(.noData) }
        /// Frames of the extension go in one piece.
        var isWhole: Bool { self.header.knownType == nil }
    }

    private enum Turn {
        /// Among `ready`.
        case waits
        /// Nothing to send, or no credit of its own.
        case none
        /// Among `starved`.
        case starved
    }

    private struct Stream {
        var window: SendWindow?
        var bodies: Deque<Body> = []
        var queued = 0
        var turn = Turn.none
        var endsWhenEmpty = false
    }

    private let fragment: Int
    private var window: SendWindow?
    private let streamWindow: Int
    private let connectionWindow: Int
    private var streams: [UInt32: Stream] = [:]
    /// Streams that may send, in the order of their turns.
    private var ready: Deque<UInt32> = []
    /// Streams that wait for credit of the connection.
    private var starved: Deque<UInt32> = []
    private var relieved: [UInt32] = []
    private var queuedBodies = 0
    /// Bytes queued that wait for no credit, only for the connection.
    private(set) var uncontrolledBytes = 0
    /// The same with what has been sent of these bodies.
    private var unfinishedBytes = 0

    init(_ agreement: Agreement) {
        let isControlled = agreement.features.contains(.flowControl)
        // Without fragments a body goes out in one piece.
        self.fragment = agreement.features.contains(.fragments) ? agreement.fragment : FrameHeader.longestBody
        self.window = isControlled ? SendWindow(size: agreement.sending.connection) : nil
        self.streamWindow = agreement.sending.stream
        self.connectionWindow = agreement.sending.connection
    }

    /// Whether something can be sent now.
    var hasReady: Bool { !self.ready.isEmpty }

    /// Whether nothing is queued, sendable or not.
    var isEmpty: Bool { self.queuedBodies == 0 }

    /// Streams that have ended but for what they have queued.
    var lingering: Int {
        self.queuedBodies == 0 ? 0 : self.streams.values.count { $0.endsWhenEmpty }
    }

    /// Whether calls should wait before they begin, because so much of others is on its way.
    var isCrowded: Bool { self.unfinishedBytes >= Self.crowd }

    /// Whether a stream has enough queued for now.
    func isFull(_ stream: UInt32) -> Bool {
        (self.streams[stream]?.queued ?? 0) >= Self.fullStream
    }

    /// A stream begins whose messages the peer controls, because its request was sent after the agreement.
    mutating func open(_ stream: UInt32) {
        self.streams[stream] = Stream(window: self.window == nil ? nil : SendWindow(size: self.streamWindow))
    }

    /// A stream has no more to send than it has queued.
    mutating func close(_ stream: UInt32) {
        guard self.streams[stream] != nil else { return }
        if self.streams[stream]?.bodies.isEmpty == true {
            self.streams[stream] = nil
        } else {
            self.streams[stream]?.endsWhenEmpty = true
        }
    }

    /// A stream ended at once; what it has queued is thrown away.
    ///
    /// - Returns: Whether a body had been begun, which the peer must learn of.
    @discardableResult
    mutating func discard(_ stream: UInt32) -> Bool {
        guard let entry = self.streams.removeValue(forKey: stream) else { return false }
        if entry.turn == .waits { self.ready.removeAll { $0 == stream } }
        if entry.turn == .starved { self.starved.removeAll { $0 == stream } }
        self.queuedBodies -= entry.bodies.count
        if entry.window == nil {
            self.uncontrolledBytes -= entry.queued
            self.unfinishedBytes -= entry.bodies.reduce(0) { $0 + $1.header.length }
        }
        return entry.bodies.first?.hasBegun == true
    }

    /// Looks at the frame that ends the buffer, whose header is at `start`: it stays if it may go at once, else it moves to
    /// the queue of its stream.
    mutating func admit(_ buffer: inout ByteBuffer, frameAt start: Int) {
        guard let header = buffer.frameHeader(at: start) else { return }
        guard header.knownType != nil || header.extensionType == .metadata else { return }
        if self.maySendAtOnce(header) { return }
        // Requests open their streams in order, so the first piece of one stays where it is.
        let kept = header.knownType == .request ? self.fragment : 0
        // Copied, so that the output buffer stays ours alone.
        let rest = buffer.viewBytes(at: start + FrameHeader.size + kept, length: header.length - kept)
        let bytes = rest.map { ByteBuffer(bytes: $0) } ?? ByteBuffer()
        buffer.moveWriterIndex(to: kept > 0 ? start + FrameHeader.size + kept : start)
        if kept > 0 {
            buffer.setInteger(UInt32(kept), at: start)
            buffer.setInteger(header.flags.union(.more).rawValue, at: start + FrameHeader.size - 1)
        }
        self.enqueue(Body(header: header, bytes: bytes, hasBegun: kept > 0))
    }

    /// Writes fragments, a stream after the other, until the buffer holds `limit` bytes or nothing may be sent.
    mutating func write(to buffer: inout ByteBuffer, limit: Int) {
        while buffer.readableBytes < limit, let stream = self.ready.popFirst() {
            self.takeTurn(stream, &buffer)
        }
    }

    /// Streams that were full and no longer are.
    mutating func takeRelieved() -> [UInt32] {
        defer { self.relieved = [] }
        return self.relieved
    }
}

// MARK: - Credit

extension FrameScheduler {
    /// The peer grants credit to a stream; without effect for one that is gone.
    mutating func grant(_ credit: UInt32, to stream: UInt32) throws(FlowControlError) {
        guard credit > 0 else { throw FlowControlError() }
        try self.streams[stream]?.window?.grant(credit)
        self.makeReady(stream)
    }

    /// Whether credit for a stream, or the connection, gives back no more than was spent of it.
    func isSpent(_ credit: UInt32, of stream: UInt32) -> Bool {
        let isAll = stream == FrameHeader.connectionStream
        guard let window = isAll ? self.window : self.streams[stream]?.window else { return false }
        return window.credit + Int(credit) <= (isAll ? self.connectionWindow : self.streamWindow)
    }

    /// The peer grants credit to the connection.
    mutating func grantConnection(_ credit: UInt32) throws(FlowControlError) {
        try self.window?.grant(credit)
        while let stream = self.starved.popFirst() {
            self.streams[stream]?.turn = .none
            self.makeReady(stream)
        }
    }

    /// Bytes of a controlled body that may go now.
    private func credit(of stream: Stream) -> Int {
        guard let own = stream.window, let all = self.window else { return .max }
        return min(own.credit, all.credit) - FrameHeader.size
    }

    private mutating func maySendAtOnce(_ header: FrameHeader) -> Bool {
        guard header.length <= self.fragment else { return false }
        guard var stream = self.streams[header.stream] else { return true }
        guard stream.bodies.isEmpty else { return false }
        guard header.knownType == .data, !header.flags.contains(.noData), stream.window != nil else { return true }
        guard header.length <= self.credit(of: stream) else { return false }
        stream.window?.spend(FrameHeader.charge(of: header.length))
        self.window?.spend(FrameHeader.charge(of: header.length))
        self.streams[header.stream] = stream
        return true
    }
}

// MARK: - Turns

extension FrameScheduler {
    private mutating func enqueue(_ body: Body) {
        let number = body.header.stream
        var stream = self.streams.removeValue(forKey: number) ?? Stream(endsWhenEmpty: true)
        stream.bodies.append(body)
        stream.queued += body.bytes.readableBytes
        if stream.window == nil {
            self.uncontrolledBytes += body.bytes.readableBytes
            self.unfinishedBytes += body.header.length
        }
        self.queuedBodies += 1
        self.streams[number] = stream
        self.makeReady(number)
    }

    private mutating func makeReady(_ number: UInt32) {
        guard let stream = self.streams[number], stream.turn == .none, !stream.bodies.isEmpty else { return }
        self.streams[number]?.turn = .waits
        self.ready.append(number)
    }

    private mutating func takeTurn(_ number: UInt32, _ buffer: inout ByteBuffer) {
        guard var stream = self.streams.removeValue(forKey: number), var body = stream.bodies.popFirst() else { return }
        stream.turn = .none
        let wasFull = stream.queued >= Self.fullStream
        let left = body.bytes.readableBytes
        let isControlled = body.isControlled && stream.window != nil
        let credit = isControlled ? self.credit(of: stream) : .max
        let length = body.isWhole ? left : min(left, self.fragment, credit)
        if credit < 0 || (length == 0 && left > 0) {
            stream.bodies.prepend(body)
            self.park(number, stream)
            return
        }
        if isControlled {
            stream.window?.spend(FrameHeader.charge(of: length))
            self.window?.spend(FrameHeader.charge(of: length))
        }
        body.writeFragment(length, to: &buffer)
        stream.queued -= length
        if stream.window == nil { self.uncontrolledBytes -= length }
        if body.bytes.readableBytes > 0 {
            stream.bodies.prepend(body)
        } else {
            self.queuedBodies -= 1
            if stream.window == nil { self.unfinishedBytes -= body.header.length }
        }
        if wasFull, stream.queued < Self.fullStream { self.relieved.append(number) }
        self.goOn(number, stream)
    }

    /// Waits for credit: of the connection if the stream has some of its own.
    private mutating func park(_ number: UInt32, _ stream: Stream) {
        var stream = stream
        if (stream.window?.credit ?? 0) > FrameHeader.size {
            stream.turn = .starved
            self.starved.append(number)
        }
        self.streams[number] = stream
    }

    private mutating func goOn(_ number: UInt32, _ stream: Stream) {
        if stream.bodies.isEmpty, stream.endsWhenEmpty { return }
        self.streams[number] = stream
        self.makeReady(number)
    }
}

extension FrameScheduler.Body {
    /// Writes the next fragment of the body and takes it off.
    fileprivate mutating func writeFragment(_ length: Int, to buffer: inout ByteBuffer) {
        let isLast = length == self.bytes.readableBytes
        var flags: FrameFlags
        if self.hasBegun {
            flags = isLast ? [] : .continues
        } else {
            flags = self.header.flags
            if !isLast { flags.insert(.more) }
        }
        let type = self.hasBegun ? ExtensionType.continuation.rawValue : self.header.type
        buffer.writeMultipleIntegers(UInt32(length), self.header.stream, type, flags.rawValue)
        buffer.writeImmutableBuffer(self.bytes.readSlice(length: length) ?? ByteBuffer())
        self.hasBegun = true
    }
}

extension ByteBuffer {
    /// The header written at an index.
    fileprivate func frameHeader(at index: Int) -> FrameHeader? {
        var bytes = self
        bytes.moveReaderIndex(to: index)
        return bytes.readMultipleIntegers(as: (UInt32, UInt32, UInt8, UInt8).self).map {
            FrameHeader(length: Int($0), stream: $1, type: $2, flags: FrameFlags(rawValue: $3))
        }
    }
}
