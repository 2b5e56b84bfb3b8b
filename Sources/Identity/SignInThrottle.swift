import RPC

/// Stops guessing: counts attempts per submitted address, known or not, and per client, before their hash.
struct SignInThrottle: Sendable {
    private let windows: RateWindows
    private let limit: Int
    private let window: Duration

    init(_ windows: RateWindows, limit: Int, window: Duration) {
        self.windows = windows
        self.limit = limit
        self.window = window
    }

    /// Lets `body` try a password. The attempt counts as a failure from its start, so that a hundred at once are a hundred,
    /// and is taken back unless `body` answers `nil`: an attempt that could not be decided guessed nothing.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED` if one of both windows is full, or what `body` throws.
    func attempt<Account>(
        on email: EmailAddress,
        from client: ClientAddress,
        _ body: () async throws -> Account?
    ) async throws -> Account? {
        let names = Self.names(email, client)
        for name in names { try await self.count(name) }
        do {
            let account = try await body()
            if account != nil { await self.takeBack(names) }
            return account
        } catch {
            await self.takeBack(names)
            throw error
        }
    }

    private func count(_ name: String) async throws {
        let count = await self.windows.count(name, window: self.window)
        guard count.calls <= self.limit else {
            throw Status.rateLimited("failed attempts to sign in", retryAfter: count.rest)
        }
    }

    private func takeBack(_ names: [String]) async {
        for name in names { await self.windows.takeBack(name) }
    }

    private static func names(_ email: EmailAddress, _ client: ClientAddress) -> [String] {
        ["failures:client:\(client.network)", "failures:address:\(email.key)"]
    }
}
