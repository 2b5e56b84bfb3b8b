/// What some callers have found out.
struct Measured: Sendable {
    /// Holds that were placed, repeats not counted.
    var placed = 0
    /// Holds that were refused, as they should be.
    var refused = 0
    /// From the first call to the last answer.
    var elapsed = Duration.zero
    /// Microseconds; single precision halves the memory and is exact enough.
    private var latencies: [Float] = []

    /// Notes how long an answer took.
    mutating func note(_ latency: Duration) {
        self.latencies.append(Float(latency / .microseconds(1)))
    }

    /// Adds what another caller has found out.
    mutating func add(_ other: Measured) {
        self.placed += other.placed
        self.refused += other.refused
        self.elapsed = max(self.elapsed, other.elapsed)
        self.latencies += other.latencies
    }

    /// The figures as a line of JSON.
    var figures: String {
        let sorted = self.latencies.sorted()
        func quantile(_ share: Double) -> Float {
            guard let last = sorted.indices.last else { return 0 }
            return sorted[Int((Double(last) * share).rounded())]
        }
        return """
            {"commands": \(sorted.count), "refused": \(self.refused), "seconds": \(self.elapsed / .seconds(1)), \
            "p50_us": \(quantile(0.5)), "p99_us": \(quantile(0.99))}
            """
    }
}
