/// How long to wait after a failure: longer each time, and never quite as long as others wait. A pure value.
struct Backoff {
    let first: Duration
    let longest: Duration
    private var failures = 0

    init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// Counts a failure.
    ///
    /// - Parameter chance: Anything from 0 to 1.
    /// - Returns: The time to wait, between half and the whole of what is due.
    mutating func failed(chance: Double) -> Duration {
        let due = self.first * (1 << min(self.failures, 20))
        self.failures += 1
        return min(due, self.longest) * (0.5 + chance / 2)
    }

    /// Starts over.
    mutating func succeeded() {
        self.failures = 0
    }
}
