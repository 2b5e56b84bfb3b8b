import RPC

/// Stops guessing: counts attempts per submitted address, known or not, and per client, before their hash.
///
/// An attempt counts as a failure until it has succeeded, so a hundred at once are a hundred.
struct SignInThrottle: Sendable {
    private let windows: RateWindows
    private let limit: Int
    private let window: Duration

    init(_ windows: RateWindows, limit: Int, window: Duration) {
        self.windows = windows
        self.limit = limit
        self.window = window
    }

    /// - Throws: `RESOURCE_EXHAUSTED` if one of both windows is full.
    func countAttempt(on email: EmailAddress, from client: ClientAddress) async throws {
        for name in Self.names(email, client) {
            let count = await self.windows.count(name, window: self.window)
            guard count.calls <= self.limit else {
                throw Status.rateLimited("failed attempts to sign in", retryAfter: count.rest)
            }
        }
    }

    /// Takes back an attempt that succeeded.
    func forgiveAttempt(on email: EmailAddress, from client: ClientAddress) async {
        for name in Self.names(email, client) { await self.windows.takeBack(name) }
    }

    private static func names(_ email: EmailAddress, _ client: ClientAddress) -> [String] {
        ["failures:client:\(client.network)", "failures:address:\(email.key)"]
    }
}
