internal import NIOCore

/// How long one connection may keep the server waiting: for its first frame, for the rest of a frame or of a request in
/// pieces, and for taking what was sent to it. A pure value: it is told what happens and when.
struct Patience {
    /// What has gone on for too long.
    enum Verdict: Equatable {
        case silent
        case slowFrame
        case slowRequest
        case stalled
    }

    private struct Frame {
        var begun: NIODeadline
        let length: Int
    }

    private struct Request {
        let stream: UInt32
        var begun: NIODeadline
    }

    private struct Backlog {
        let since: NIODeadline
        let taken: Int
    }

    private let firstFrameTimeout: Duration?
    private let frameTimeout: Duration
    private let requestTimeout: Duration
    private let stallTimeout: Duration
    private var silentSince: NIODeadline?
    private var frame: Frame?
    /// One of the requests that come in pieces.
    private var request: Request?
    /// Whether the rest of a frame may have come, and the server does not look.
    private var holdsBackReads = false
    private var backlog: Backlog?

    init(limits: ServerConfiguration) {
        self.firstFrameTimeout = limits.firstFrameTimeout
        self.frameTimeout = limits.frameTimeout
        // All that may be incomplete at a time, as slowly as a frame may come.
        self.requestTimeout = limits.frameTimeout + .seconds(limits.maxUnfinished / (64 * 1024))
        self.stallTimeout = limits.stallTimeout
    }

    /// The connection stands.
    mutating func connected(at now: NIODeadline) {
        self.silentSince = now
    }

    /// Bytes have been read. `unfinished` is the length of the frame that is still incomplete, if there is one; `frames`
    /// says whether whole frames were among what was read.
    mutating func read(unfinished: Int?, frames: Bool, at now: NIODeadline) {
        if frames { self.silentSince = nil }
        guard let length = unfinished else {
            self.frame = nil
            return
        }
        let begun = frames ? now : self.frame?.begun ?? now
        self.frame = Frame(begun: begun, length: length)
    }

    /// Nothing is read until `readOn`; what does not come meanwhile is not the peer's fault.
    mutating func holdBackReads() {
        self.holdsBackReads = true
    }

    /// Reading goes on.
    mutating func readOn(at now: NIODeadline) {
        self.holdsBackReads = false
        self.frame?.begun = now
        self.request?.begun = now
    }

    /// The stream of the request whose pieces are waited for.
    var awaitedRequest: UInt32? { self.request?.stream }

    /// The request whose pieces are waited for from now on; nil if none is incomplete.
    mutating func awaitRequest(on stream: UInt32?, at now: NIODeadline) {
        self.request = stream.map { Request(stream: $0, begun: now) }
    }

    /// The peer has more to take than fits its window. `taken` is the bytes it has taken since the connection stands.
    mutating func backedUp(taken: Int, at now: NIODeadline) {
        if let backlog = self.backlog, backlog.taken == taken { return }
        self.backlog = Backlog(since: now, taken: taken)
    }

    /// The peer has caught up.
    mutating func caughtUp() {
        self.backlog = nil
    }

    /// Whether what is read makes a difference.
    var awaitsBytes: Bool { self.silentSince != nil || self.frame != nil }

    /// When the next wait becomes too long; nil if nothing is waited for.
    var limit: NIODeadline? {
        self.waits.map(\.until).min()
    }

    /// What has lasted too long, if anything has.
    func verdict(at now: NIODeadline) -> Verdict? {
        self.waits.first { $0.until <= now }?.verdict
    }

    private var waits: [(verdict: Verdict, until: NIODeadline)] {
        var waits: [(verdict: Verdict, until: NIODeadline)] = []
        if let since = self.silentSince, let timeout = self.firstFrameTimeout {
            waits.append((.silent, since + TimeAmount(timeout)))
        }
        if let frame = self.frame, !self.holdsBackReads {
            let length = TimeAmount.seconds(Int64(frame.length / (64 * 1024)))
            waits.append((.slowFrame, frame.begun + TimeAmount(self.frameTimeout) + length))
        }
        if let request = self.request, !self.holdsBackReads {
            waits.append((.slowRequest, request.begun + TimeAmount(self.requestTimeout)))
        }
        if let backlog = self.backlog {
            waits.append((.stalled, backlog.since + TimeAmount(self.stallTimeout)))
        }
        return waits
    }
}
