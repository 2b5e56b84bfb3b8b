/// How full a window is.
package struct WindowCount: Sendable, Equatable {
    /// What was counted in it.
    package let total: Int64
    /// Until the window ends.
    package let rest: Duration
}

/// Fixed windows in memory, by key. Bounded: when too many keys are counted it drops those that have ended, and if that
/// is not enough it starts anew.
struct LocalWindows: Sendable {
    private struct Window {
        var total: Int64
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

    /// Counts one call, or so much; the first of a key starts its window. A total that does not fit stays at the largest.
    mutating func count(
        _ key: String,
        _ amount: Int64 = 1,
        window: Duration,
        now: ContinuousClock.Instant
    ) -> WindowCount {
        var current = self.windows[key].flatMap { $0.end > now ? $0 : nil } ?? Window(total: 0, end: now + window)
        let (sum, isTooLarge) = current.total.addingReportingOverflow(amount)
        current.total = isTooLarge ? .max : sum
        if self.windows.count >= self.limit, self.windows[key] == nil { self.makeRoom(now) }
        self.windows[key] = current
        return WindowCount(total: current.total, rest: now.duration(to: current.end))
    }

    /// Takes back what was counted in a window that has not ended, but not below nothing.
    mutating func takeBack(_ key: String, _ amount: Int64 = 1, now: ContinuousClock.Instant) {
        guard let window = self.windows[key], window.end > now else { return }
        self.windows[key]?.total = max(0, window.total - amount)
    }

    private mutating func makeRoom(_ now: ContinuousClock.Instant) {
        self.windows = self.windows.filter { $0.value.end > now }
        if self.windows.count >= self.limit { self.windows = [:] }
    }
}
