/// Credit a sender has with a receiver, in bytes. A pure value.
struct SendWindow: Equatable {
    private(set) var credit: Int

    init(size: Int) {
        self.credit = size
    }

    /// The receiver grants more.
    ///
    /// - Throws: `FlowControlError` for a grant of nothing or beyond the widest window.
    mutating func grant(_ credit: UInt32) throws(FlowControlError) {
        guard credit > 0, self.credit + Int(credit) <= Agreement.widestWindow else { throw FlowControlError() }
        self.credit += Int(credit)
    }

    /// A frame is sent.
    mutating func spend(_ charge: Int) {
        self.credit -= charge
    }
}

/// What a receiver has granted a sender, and what it owes again. A pure value.
struct ReceiveWindow: Equatable {
    private let size: Int
    private var left: Int
    private var owed = 0

    init(size: Int) {
        self.size = size
        self.left = size
    }

    /// A frame arrived.
    ///
    /// - Throws: `FlowControlError` if it is more than was granted.
    mutating func receive(_ charge: Int) throws(FlowControlError) {
        guard charge <= self.left else { throw FlowControlError() }
        self.left -= charge
    }

    /// What arrived has been dealt with.
    ///
    /// - Returns: Credit to grant now; nil until half of the window is owed.
    mutating func release(_ charge: Int) -> UInt32? {
        self.owed += charge
        guard self.owed >= self.size / 2, self.owed > 0 else { return nil }
        defer { self.owed = 0 }
        self.left += self.owed
        return UInt32(clamping: self.owed)
    }
}

/// The credit of all streams of a connection together: it returns when frames arrive, as long as the streams' queues
/// hold little; else when they are read.
struct ConnectionReceiveWindow: Equatable {
    private var window: ReceiveWindow
    private let budget: Int
    private var queued = 0
    private var heldBack = 0

    /// Opens the window; `budget` is the bytes in the queues of all streams from which on credit is held back.
    init(size: Int, budget: Int) {
        self.window = ReceiveWindow(size: size)
        self.budget = budget
    }

    /// A frame arrived; `queued` is how much of it waits for a reader.
    ///
    /// - Returns: Credit to grant now.
    /// - Throws: `FlowControlError` if it is more than was granted.
    mutating func receive(_ charge: Int, queued: Int) throws(FlowControlError) -> UInt32? {
        try self.window.receive(charge)
        self.queued += queued
        self.heldBack += charge
        return self.releaseIfPossible()
    }

    /// A reader took a message, or nobody will read it.
    ///
    /// - Returns: Credit to grant now.
    mutating func dequeued(_ bytes: Int) -> UInt32? {
        self.queued -= bytes
        return self.releaseIfPossible()
    }

    private mutating func releaseIfPossible() -> UInt32? {
        guard self.queued <= self.budget, self.heldBack > 0 else { return nil }
        defer { self.heldBack = 0 }
        return self.window.release(self.heldBack)
    }
}

/// A peer sends more than it was granted, or grants what cannot be.
struct FlowControlError: Error, Equatable {}

extension FrameHeader {
    /// What a frame with a body costs of a window: its bytes and its header's, or empty messages would be free.
    static func charge(of length: Int) -> Int {
        length + Self.size
    }
}
