/// How full a window is.
package struct WindowCount: Sendable, Equatable {
    package let calls: Int
    /// Until the window ends.
    package let rest: Duration
}

/// Fixed windows in memory, by key. Bounded: when too many keys are counted it drops those that have ended, and if that
/// is not enough it starts anew.
struct LocalWindows: Sendable {
    private struct Window {
        var calls: Int
        let end: ContinuousClock.Instant
    }

    private let limit: Int
    private var windows: [String: Window] = [:]

    /// Counts at most `limit` keys at once.
    init(limit: Int) {
        self.limit = limit
    }

    /// How many keys are counted.
    var keys: Int { self.windows.count }

    /// Counts one call; the first of a key starts its window.
    mutating func count(_ key: String, window: Duration, now: ContinuousClock.Instant) -> WindowCount {
        var current = self.windows[key].flatMap { $0.end > now ? $0 : nil } ?? Window(calls: 0, end: now + window)
        current.calls += 1
        if self.windows.count >= self.limit, self.windows[key] == nil { self.makeRoom(now) }
        self.windows[key] = current
        return WindowCount(calls: current.calls, rest: now.duration(to: current.end))
    }

    /// Takes back one call of a window that has not ended.
    mutating func takeBack(_ key: String, now: ContinuousClock.Instant) {
        guard let window = self.windows[key], window.end > now, window.calls > 0 else { return }
        self.windows[key]?.calls -= 1
    }

    private mutating func makeRoom(_ now: ContinuousClock.Instant) {
        self.windows = self.windows.filter { $0.value.end > now }
        if self.windows.count >= self.limit { self.windows = [:] }
    }
}
