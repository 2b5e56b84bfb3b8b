import Synchronization

/// A clock on which every wait is over at once, or lasts until it is cancelled; it remembers how long they would have been.
final class InstantClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        fileprivate var sinceStart: Duration

        func advanced(by duration: Duration) -> Instant { Instant(sinceStart: self.sinceStart + duration) }
        func duration(to other: Instant) -> Duration { other.sinceStart - self.sinceStart }
        static func < (left: Instant, right: Instant) -> Bool { left.sinceStart < right.sinceStart }
    }

    private let stands: Bool
    private let state = Mutex((now: Instant(sinceStart: .zero), waits: [Duration]()))

    /// `stands` makes waits last until they are cancelled.
    init(stands: Bool = false) {
        self.stands = stands
    }

    var now: Instant { self.state.withLock { $0.now } }
    var waits: [Duration] { self.state.withLock { $0.waits } }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        self.state.withLock {
            $0.waits.append($0.now.duration(to: deadline))
            if !self.stands { $0.now = deadline }
        }
        if self.stands { try await Task.sleep(for: .seconds(3600)) }
    }
}
