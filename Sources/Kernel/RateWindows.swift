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

    /// What is to be counted in one window.
    package struct Addition: Sendable {
        let key: String
        let amount: Int64
        let window: Duration

        /// Counts `amount`, at least 0, in the window of a name, which the first that is counted starts.
        package init(_ name: String, _ amount: Int64 = 1, window: Duration) {
            self.key = RateWindows.key(name)
            self.amount = amount
            self.window = window
        }
    }

    /// Counts one call.
    ///
    /// - Returns: How many the window has, this one included, and when it ends.
    package func count(_ name: String, window: Duration) async -> WindowCount {
        await self.count([Addition(name, window: window)])[0]
    }

    /// Counts in several windows in one step.
    ///
    /// - Returns: For each addition in turn what its window has, this included, and when it ends.
    package func count(_ additions: [Addition]) async -> [WindowCount] {
        guard !additions.isEmpty else { return [] }
        let reply = await self.ask(
            ["EVAL", countScript, String(additions.count)] + additions.map(\.key)
                + additions.flatMap { [String($0.amount), String($0.window.milliseconds)] }
        )
        guard case .array(let values)? = reply, values.count == 2 * additions.count else {
            return self.countHere(additions)
        }
        var counts: [WindowCount] = []
        for index in additions.indices {
            guard case .integer(let total) = values[2 * index], case .integer(let rest) = values[2 * index + 1] else {
                return self.countHere(additions)
            }
            counts.append(WindowCount(total: total, rest: .milliseconds(max(0, rest))))
        }
        return counts
    }

    private func countHere(_ additions: [Addition]) -> [WindowCount] {
        self.local.withLock { local in
            additions.map { local.count($0.key, $0.amount, window: $0.window, now: .now) }
        }
    }

    /// Takes back one call that was counted, or so much.
    package func takeBack(_ name: String, _ amount: Int64 = 1) async {
        let key = Self.key(name)
        self.local.withLock { $0.takeBack(key, amount, now: .now) }
        _ = await self.ask(["EVAL", takeBackScript, "1", key, String(amount)])
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
    local answer = {}
    for i, key in ipairs(KEYS) do
        answer[2 * i - 1] = redis.call('INCRBY', key, ARGV[2 * i - 1])
        answer[2 * i] = redis.call('PTTL', key)
        if answer[2 * i] < 0 then
            redis.call('PEXPIRE', key, ARGV[2 * i])
            answer[2 * i] = tonumber(ARGV[2 * i])
        end
    end
    return answer
    """

// The window may have ended since, and a new one begun that has less.
private let takeBackScript = """
    local total = tonumber(redis.call('GET', KEYS[1]) or '0')
    if total > 0 then redis.call('DECRBY', KEYS[1], math.min(total, tonumber(ARGV[1]))) end
    return 0
    """
