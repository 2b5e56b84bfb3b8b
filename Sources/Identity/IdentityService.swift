import Contract
package import Cryptography
package import Kernel
package import Logging
package import Postgres
import RPC

/// Accounts, roles and sign-in sessions. Implements the contract's services; ``Access`` is what other methods need of it.
package final class IdentityService: IdentityCommandsService, IdentityQueriesService {
    let configuration: IdentityConfiguration
    let database: Database
    let hasher: PasswordHasher
    let tokens: AccessTokens
    let roles: RoleGrants
    let throttle: SignInThrottle

    /// Returns at once; the signing key is made or read when the first token needs it.
    package init(
        _ configuration: IdentityConfiguration,
        database: Database,
        windows: RateWindows,
        hasher: PasswordHasher,
        logger: Logger
    ) {
        self.configuration = configuration
        self.database = database
        self.hasher = hasher
        let keys = SigningKeys(database: database, sealing: configuration.masterKey.sealing, logger: logger)
        self.tokens = AccessTokens(configuration, keys: keys)
        self.roles = RoleGrants(database: database)
        self.throttle = SignInThrottle(windows, configuration)
    }

    /// The hash to store for a new password.
    func hash(_ password: Password) async throws -> String {
        let secret = password.secret(pepper: self.configuration.masterKey.pepper)
        return try await translatingFullQueue { try await self.hasher.hash(secret) }
    }

    /// Whether a stored hash was made from the password. No hash takes as long as any.
    func verify(_ password: Password, against hash: String?) async throws -> Bool {
        let secret = password.secret(pepper: self.configuration.masterKey.pepper)
        return try await translatingFullQueue { try await self.hasher.verify(secret, against: hash) }
    }
}

private func translatingFullQueue<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch is PasswordHasher.QueueFull {
        throw Status.rateLimited("passwords wait to be checked", retryAfter: .seconds(5))
    }
}
