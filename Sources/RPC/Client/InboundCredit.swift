internal import DequeModule

/// What the server may send on a connection, and which credit goes back to it when. A pure value.
///
/// Credit of a stream returns when the caller takes a message; that of a message still in pieces at once, as long as
/// little waits unread. Credit of the connection returns on arrival, as long as not too much waits unread on all
/// streams together.
struct InboundCredit {
    /// Credit to grant now.
    struct Grants: Equatable {
        var stream: UInt32?
        var connection: UInt32?
    }

    private struct Stream {
        var window: ReceiveWindow
        /// Bytes of whole messages that wait for the caller.
        var unread = 0
        /// Charges of pieces, owed once less is unread.
        var heldBack = 0
    }

    /// Bodies of ended streams whose rest is waited for.
    private static let mostLateBodies = 1024

    private let windows: Agreement.Windows
    private let isControlled: Bool
    /// The first stream whose request was sent after the agreement.
    private let firstStream: UInt32
    private var connection: ConnectionReceiveWindow
    private var streams: [UInt32: Stream] = [:]
    /// Streams on which a message has begun and not ended.
    private var openBodies: Set<UInt32> = []
    /// Streams that ended on this side within a message, of which the server may send more, or no more.
    private var lateBodies: Deque<UInt32> = []

    /// Starts with the streams from `firstStream` on, whose requests will be sent after the agreement. `budget` is the
    /// bytes that may wait unread on all streams before credit of the connection is held back.
    init(_ agreement: Agreement, firstStream: UInt32, budget: Int) {
        self.windows = agreement.receiving
        self.isControlled = agreement.features.contains(.flowControl)
        self.firstStream = firstStream
        self.connection = ConnectionReceiveWindow(size: agreement.receiving.connection, budget: budget)
    }

    /// Whether the server must wait for credit on a stream.
    private func controls(_ stream: UInt32) -> Bool {
        self.isControlled && stream >= self.firstStream
    }

    /// A stream begins.
    mutating func open(_ stream: UInt32) {
        guard self.controls(stream) else { return }
        self.streams[stream] = Stream(window: ReceiveWindow(size: self.windows.stream))
    }

    /// A frame arrived.
    ///
    /// - Returns: What it costs; 0 for a frame that is free.
    /// - Throws: `FlowControlError` if the server sends more than it was granted.
    mutating func spend(_ header: FrameHeader) throws(FlowControlError) -> Int {
        guard self.counts(header), self.controls(header.stream) else { return 0 }
        let charge = FrameHeader.charge(of: header.length)
        try self.streams[header.stream]?.window.receive(charge)
        return charge
    }

    /// A piece of a message arrived, or one that no caller will see.
    mutating func receivePiece(charge: Int, on stream: UInt32) throws(FlowControlError) -> Grants {
        guard charge > 0 else { return Grants() }
        var grants = Grants()
        self.streams[stream]?.heldBack += charge
        grants.stream = self.releaseHeldBack(on: stream)
        grants.connection = try self.connection.receive(charge, queued: 0)
        return grants
    }

    /// The last or only piece of a message arrived, which waits for the caller now.
    mutating func receiveMessage(charge: Int, size: Int, on stream: UInt32) throws(FlowControlError) -> Grants {
        guard charge > 0 else { return Grants() }
        self.streams[stream]?.unread += size
        return Grants(connection: try self.connection.receive(charge, queued: size))
    }

    /// The caller took messages.
    mutating func take(charge: Int, size: Int, on stream: UInt32) -> Grants {
        guard charge > 0, self.streams[stream] != nil else { return Grants() }
        self.streams[stream]?.unread -= size
        var grants = Grants()
        grants.stream = self.streams[stream]?.window.release(charge)
        grants.stream = Self.sum(grants.stream, self.releaseHeldBack(on: stream))
        grants.connection = self.connection.dequeued(size)
        return grants
    }

    /// A stream ended. What is unread is granted to the connection again: it is no longer the server's.
    mutating func close(_ stream: UInt32) -> Grants {
        if self.openBodies.contains(stream) { self.noteLateBody(on: stream) }
        guard let entry = self.streams.removeValue(forKey: stream) else { return Grants() }
        return Grants(connection: entry.unread > 0 ? self.connection.dequeued(entry.unread) : nil)
    }

    /// The server will not finish the body that is open on a stream.
    mutating func abort(_ stream: UInt32) {
        self.openBodies.remove(stream)
    }

    private mutating func noteLateBody(on stream: UInt32) {
        self.lateBodies.append(stream)
        guard self.lateBodies.count > Self.mostLateBodies, let oldest = self.lateBodies.popFirst() else { return }
        self.openBodies.remove(oldest)
    }

    private mutating func counts(_ header: FrameHeader) -> Bool {
        if header.extensionType == .continuation {
            guard self.openBodies.contains(header.stream) else { return false }
            if !header.flags.contains(.continues) { self.openBodies.remove(header.stream) }
            return true
        }
        guard header.knownType == .data, !header.flags.contains(.noData) else { return false }
        if header.flags.contains(.more) { self.openBodies.insert(header.stream) }
        return true
    }

    private mutating func releaseHeldBack(on stream: UInt32) -> UInt32? {
        guard var entry = self.streams[stream], entry.heldBack > 0, entry.unread < self.windows.stream else {
            return nil
        }
        let grant = entry.window.release(entry.heldBack)
        entry.heldBack = 0
        self.streams[stream] = entry
        return grant
    }

    private static func sum(_ first: UInt32?, _ second: UInt32?) -> UInt32? {
        guard let first, let second else { return first ?? second }
        return first + second
    }
}
