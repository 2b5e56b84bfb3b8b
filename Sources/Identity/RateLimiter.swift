import Contract
package import Kernel
import RPC

/// How many calls of each class one caller may make per window.
package struct RateLimits: Sendable {
    /// Queries.
    package var read = 1_200
    /// Commands.
    package var write = 600
    /// Attempts with a password or a refresh token, per client.
    package var signIn = 30
    /// Paid calls of a model.
    package var inference = 600
    /// Length of a window.
    package var window: Duration = .seconds(60)

    /// The defaults, per minute.
    package init() {}

    func limit(of rate: RateClass) -> Int {
        switch rate {
        case .read: self.read
        case .signIn: self.signIn
        case .inference: self.inference
        case .write, .unspecified, .UNRECOGNIZED: self.write
        }
    }
}

/// Refuses callers who call too often.
package struct RateLimiter: Sendable {
    private let windows: RateWindows
    private let limits: RateLimits

    package init(_ windows: RateWindows, limits: RateLimits = .init()) {
        self.windows = windows
        self.limits = limits
    }

    /// Counts one call of a caller, who is named by a user or by a client's network.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED` with reason `RATE_LIMIT_EXCEEDED`.
    func admit(_ caller: String, to rate: RateClass) async throws {
        let count = await self.windows.count("calls:\(rate.rawValue):\(caller)", window: self.limits.window)
        guard count.total <= self.limits.limit(of: rate) else {
            throw Status.rateLimited("calls", retryAfter: count.rest)
        }
    }
}
