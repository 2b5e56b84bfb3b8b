import Contract
import Foundation
import Identity
import Kernel
import RPC
import Redis
import Support
import Testing

@Suite struct RateLimiterTests {
    @Test func `refuses the call above the limit and says when to come back`() async throws {
        try await withHub { hub in
            let access = hub.access(limits: .of(read: 3))
            let token = try await hub.newcomer().accessToken

            for _ in 0..<3 { try await access.getMe(token) }
            let status = try await refusal { try await access.getMe(token) }

            #expect(status.code == .resourceExhausted && status.reason == "RATE_LIMIT_EXCEEDED")
            let delay = try #require(status.retryDelay)
            #expect(delay > .seconds(50) && delay <= .seconds(61))
        }
    }

    @Test func `counts users apart, classes apart and nodes together`() async throws {
        try await withHub { hub in
            let limits = RateLimits.of(read: 1)
            let here = hub.access(limits: limits)
            let there = hub.access(on: try hub.anotherNode(), limits: limits)
            let ada = try await hub.newcomer().accessToken
            let eve = try await hub.newcomer("eve@example.com").accessToken

            try await here.getMe(ada)
            #expect(try await refusal { try await there.getMe(ada) }.code == .resourceExhausted)
            try await there.getMe(eve)
            try await there.logout(ada)
        }
    }

    @Test func `counts sign-ins by client`() async throws {
        try await withHub { hub in
            let access = hub.access(limits: .of(signIn: 2))
            let login = IdentityCommands.login.descriptor

            for _ in 0..<2 { try await access.admit(login) }

            #expect(try await refusal { try await access.admit(login) }.code == .resourceExhausted)
            #expect(
                try await refusal { try await access.admit(IdentityCommands.register.descriptor) }.code
                    == .resourceExhausted
            )
            try await access.admit(login, from: "elsewhere-\(hub.client)")
        }
    }

    @Test func `goes on without Redis, counting by itself, and with Redis when it is back`() async throws {
        let redis = try await RedisServer.start()
        try await withHub(redis: redis) { hub in
            let access = hub.access(limits: .of(signIn: 3))
            let login = IdentityCommands.login.descriptor
            try await access.admit(login)

            try await redis.stop()
            for _ in 0..<3 { try await access.admit(login) }
            #expect(try await refusal { try await access.admit(login) }.code == .resourceExhausted)

            try await redis.launch()
            try await eventually {
                do {
                    try await access.admit(login)
                    return true
                } catch {
                    return false
                }
            }
        }
    }

    @Test func `says once that Redis is away, and not at every call`() async throws {
        let redis = try await RedisServer.start()
        try await redis.stop()
        let log = LogRecorder()
        try await withHub(redis: redis) { hub in
            let windows = RateWindows(redis: hub.redis, logger: log.logger)
            let access = Access(hub.node, limiter: RateLimiter(windows))
            let login = try access.interceptor(for: IdentityCommands.login.descriptor)

            for _ in 0..<5 { try await login.before(hub.call(), subject: nil) }

            #expect(log.recorded.count { $0.contains("Redis is away") } == 1)
        }
    }

    @Test func `a window ends by itself`() async throws {
        try await withHub { hub in
            let access = hub.access(limits: .of(signIn: 1, window: .milliseconds(50)))
            let login = IdentityCommands.login.descriptor
            try await access.admit(login)

            try await eventually {
                do {
                    try await access.admit(login)
                    return true
                } catch {
                    return false
                }
            }
        }
    }

    @Test func `Redis holds no name of anybody, and nothing for longer than a window`() async throws {
        let redis = try await RedisServer.start()
        try await withHub(redis: redis) { hub in
            let token = try await hub.newcomer().accessToken
            try await hub.access().getMe(token)

            guard case .array(let keys) = try await hub.redis.send(["KEYS", "*"]) else { return }
            let names = keys.compactMap(\.text)
            #expect(!names.isEmpty)
            #expect(names.allSatisfy { $0.hasPrefix("rate:") && $0.utf8.count == 27 })
            for name in names {
                guard case .integer(let rest) = try await hub.redis.send(["PTTL", name]) else { continue }
                #expect(rest > 0 && rest <= 15 * 60 * 1_000)
            }
        }
    }
}

extension RateLimits {
    fileprivate static func of(read: Int = 1_000, signIn: Int = 1_000, window: Duration = .seconds(60)) -> RateLimits {
        var limits = RateLimits()
        limits.read = read
        limits.signIn = signIn
        limits.window = window
        return limits
    }
}
