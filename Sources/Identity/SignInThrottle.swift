import Kernel
import RPC

/// Stops guessing: counts attempts per submitted address, known or not, and per client, before their hash.
struct SignInThrottle: Sendable {
    private let windows: RateWindows
    private let addressLimit: Int
    private let networkLimit: Int
    private let window: Duration

    init(_ windows: RateWindows, _ configuration: IdentityConfiguration) {
        self.windows = windows
        self.addressLimit = configuration.signInFailures
        self.networkLimit = configuration.networkFailures
        self.window = configuration.signInWindow
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
        let names = ["failures:client:\(client.network)", "failures:address:\(email.key)"]
        for (name, limit) in zip(names, [self.networkLimit, self.addressLimit]) { try await self.count(name, limit) }
        do {
            let account = try await body()
            if account != nil { await self.takeBack(names) }
            return account
        } catch {
            await self.takeBack(names)
            throw error
        }
    }

    private func count(_ name: String, _ limit: Int) async throws {
        let count = await self.windows.count(name, window: self.window)
        guard count.total <= limit else {
            throw Status.rateLimited("failed attempts to sign in", retryAfter: count.rest)
        }
    }

    private func takeBack(_ names: [String]) async {
        for name in names { await self.windows.takeBack(name) }
    }
}
