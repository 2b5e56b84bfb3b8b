import Cryptography
package import Logging
package import Redis
import Synchronization

/// Counts calls in fixed windows: in Redis for all nodes together, and in this process while Redis is away.
package final class RateWindows: Sendable {
    private let redis: RedisClient
    private let logger: Logger
    private let local = Mutex(LocalWindows(limit: 65_536))
    private let isRedisAway = Mutex(false)

    /// - Parameters:
    ///   - redis: Where nodes count together.
    ///   - logger: Told when Redis goes away and when it is back.
    package init(redis: RedisClient, logger: Logger) {
        self.redis = redis
        self.logger = logger
    }

    /// Counts one call.
    ///
    /// - Returns: How many the window has, this one included, and when it ends.
    package func count(_ name: String, window: Duration) async -> WindowCount {
        let key = Self.key(name)
        let reply = await self.ask(["EVAL", countScript, "1", key, String(window.milliseconds)])
        guard case .array(let values)? = reply, values.count == 2,
            case .integer(let calls) = values[0], case .integer(let rest) = values[1]
        else { return self.local.withLock { $0.count(key, window: window, now: .now) } }
        return WindowCount(calls: Int(clamping: calls), rest: .milliseconds(max(0, rest)))
    }

    /// Takes back one call that was counted.
    package func takeBack(_ name: String) async {
        let key = Self.key(name)
        self.local.withLock { $0.takeBack(key, now: .now) }
        _ = await self.ask(["EVAL", takeBackScript, "1", key])
    }

    /// Names are hashed: they hold addresses of people, and callers choose their length.
    private static func key(_ name: String) -> String {
        "rate:" + Base64URL.encode(Array(SHA256.hash(name.utf8).prefix(16)))
    }

    /// The answer of Redis; `nil` if there is none, which is logged once and not at every call.
    private func ask(_ command: [String]) async -> Reply? {
        do {
            let reply = try await self.redis.send(command)
            if case .error(let message) = reply { return self.noteLoss(message) }
            self.noteReturn()
            return reply
        } catch is CancellationError {
            return nil
        } catch {
            return self.noteLoss("\(error)")
        }
    }

    private func noteLoss(_ reason: String) -> Reply? {
        let isFirst = self.isRedisAway.withLock { isAway in
            defer { isAway = true }
            return !isAway
        }
        if isFirst {
            self.logger.warning("Redis is away; each node counts calls by itself", metadata: ["reason": "\(reason)"])
        }
        return nil
    }

    private func noteReturn() {
        let isFirst = self.isRedisAway.withLock { isAway in
            defer { isAway = false }
            return isAway
        }
        if isFirst { self.logger.notice("Redis is back; nodes count calls together") }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        self.components.seconds * 1_000 + self.components.attoseconds / 1_000_000_000_000_000
    }
}

private let countScript = """
    local calls = redis.call('INCR', KEYS[1])
    if calls == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
    return {calls, redis.call('PTTL', KEYS[1])}
    """

private let takeBackScript = """
    if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('DECR', KEYS[1]) end
    return 0
    """
