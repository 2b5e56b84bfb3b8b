internal import NIOCore

/// Whether a client keeps the bounds on frames that cost it nothing. A pure value: it is told what comes and when.
struct PeerConduct {
    private static let strikesAllowed = 2

    private let minPingInterval: TimeAmount
    private let cancelsPerSecond: Int
    private let controlFramesPerSecond: Int
    private var lastPing: NIODeadline?
    private var strikes = 0
    private var cancels = Rate()
    private var controlFrames = Rate()

    init(limits: ServerConfiguration) {
        self.minPingInterval = TimeAmount(limits.extensionSettings?.minPingInterval ?? .zero)
        self.cancelsPerSecond = limits.cancelsPerSecond
        self.controlFramesPerSecond = limits.controlFramesPerSecond
    }

    /// A frame of the base protocol came or goes.
    mutating func sawBaseFrame() {
        self.controlFrames = Rate()
    }

    /// A frame of the base protocol goes out.
    mutating func sendsBaseFrame() {
        self.sawBaseFrame()
        self.lastPing = nil
        self.strikes = 0
    }

    /// A PING came.
    ///
    /// - Returns: Whether it still may.
    mutating func receivePing(at now: NIODeadline) -> Bool {
        if let last = self.lastPing, now < last + self.minPingInterval { self.strikes += 1 }
        self.lastPing = now
        return self.strikes <= Self.strikesAllowed
    }

    /// A CANCEL came.
    ///
    /// - Returns: Whether it still may.
    mutating func receiveCancel(at now: NIODeadline) -> Bool {
        self.cancels.count(at: now, limit: self.cancelsPerSecond)
    }

    /// A frame came that is neither of the base protocol nor goes on with one.
    ///
    /// - Returns: Whether it still may.
    mutating func receiveControlFrame(at now: NIODeadline) -> Bool {
        self.controlFrames.count(at: now, limit: self.controlFramesPerSecond)
    }
}

/// How much came within the second that began with the first.
private struct Rate {
    private var since: NIODeadline?
    private var seen = 0

    /// Counts one more and says whether it is still within the limit.
    mutating func count(at now: NIODeadline, limit: Int) -> Bool {
        if let since = self.since, now < since + .seconds(1) {
            self.seen += 1
        } else {
            (self.since, self.seen) = (now, 1)
        }
        return self.seen <= limit
    }
}
