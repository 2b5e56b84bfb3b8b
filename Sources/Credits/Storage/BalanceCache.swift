package import Foundation
package import Redis

/// Balances that were read less than a second ago, in Redis. For showing only: no command asks it. All of it may be lost at
/// any moment, and whatever is wrong with Redis, the ledger answers instead.
package final class BalanceCache: Sendable {
    /// Who waits for a cache longer than for the database gains nothing.
    package static let configuration = RedisConfiguration(patience: .milliseconds(50))

    /// How long an answer may be kept by the clock of Redis: a second, less the longest wait for it with room to spare.
    private static let lifetime: Int64 = 900

    private let redis: RedisClient

    /// - Parameter redis: A client of its own, with ``configuration``.
    package init(redis: RedisClient) {
        self.redis = redis
    }

    /// The state of an account: one that was read less than a second ago, or else what `read` answers now.
    ///
    /// - Throws: What `read` throws.
    package func state(
        of account: UUID,
        read: () async throws -> AccountState
    ) async throws -> AccountState {
        let key = "balance:\(account.uuidString)"
        let reply = try? await self.redis.send(["EVAL", lookUp, "1", key, "\(Self.lifetime)"])
        if let known = reply?.text.flatMap(AccountState.init(cached:)) { return known }
        let state = try await read()
        guard let began = reply?.array.flatMap(Self.milliseconds) else { return state }
        // An end, not a length of time: a command that arrives late keeps nothing longer.
        _ = try? await self.redis.send(["SET", key, state.cached, "PXAT", "\(began + Self.lifetime)"])
        return state
    }

    /// The time of Redis, from seconds and microseconds.
    private static func milliseconds(_ time: [Reply]) -> Int64? {
        let numbers = time.compactMap { $0.text.flatMap(Int64.init) }
        guard time.count == 2, numbers.count == 2 else { return nil }
        let (milliseconds, isTooLarge) = numbers[0].multipliedReportingOverflow(by: 1000)
        return isTooLarge ? nil : milliseconds + numbers[1] / 1000
    }
}

extension AccountState {
    fileprivate var cached: String { "1:\(self.balance.micro):\(self.held.micro)" }

    /// The number in front is that of the form; others are other versions' or nobody's.
    fileprivate init?(cached text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "1", let balance = Int64(parts[1]), let held = Int64(parts[2]) else {
            return nil
        }
        self.init(balance: CreditAmount(micro: balance), held: CreditAmount(micro: held))
    }
}

/// The value if it is one of ours and will not outlive its second, else the time by the clock that ends values. It is told
/// before the ledger is read, so what is kept until a second later is never older than that.
private let lookUp = """
    local value = redis.pcall('GET', KEYS[1])
    local rest = redis.call('PTTL', KEYS[1])
    if type(value) == 'string' and rest > 0 and rest <= tonumber(ARGV[1])
        and string.find(value, '^1:%-?%d+:%-?%d+$') then return value end
    return redis.call('TIME')
    """
