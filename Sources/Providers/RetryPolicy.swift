package import Inference

/// When a provider is asked again, and after how long. Only calls that nobody bills are repeated.
package struct RetryPolicy: Sendable {
    /// Most calls for one prompt, the first included.
    package var attempts: Int
    /// Longest wait before a call; a provider that asks for more is not asked again.
    package var longestWait: Duration
    /// Part of a wait to leave out, 0 to 0.25, so that callers do not come back all at once.
    package var jitter: @Sendable () -> Double

    package init(
        attempts: Int = 3,
        longestWait: Duration = .seconds(10),
        jitter: @escaping @Sendable () -> Double = { .random(in: 0...0.25) }
    ) {
        self.attempts = attempts
        self.longestWait = longestWait
        self.jitter = jitter
    }

    /// How long to wait before the next call.
    ///
    /// - Returns: `nil` if there shall be none after this failure of the given attempt, which counts from 1.
    package func delay(after failure: ChatModelFailure, attempt: Int) -> Duration? {
        guard attempt < self.attempts else { return nil }
        switch failure.phase {
        case .notSent, .refused: break
        case .permanent, .ambiguous, .midStream: return nil
        }
        if let asked = failure.retryAfter, asked > .zero { return asked <= self.longestWait ? asked : nil }
        return Self.backoff(attempt) * (1 - self.jitter())
    }

    /// Half a second, doubled each time, at most eight seconds.
    private static func backoff(_ attempt: Int) -> Duration { .milliseconds(500 << min(attempt - 1, 4)) }
}
