import Contract
import Cryptography
import Foundation
import Identity
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct LoginTests {
    @Test func `opens a session and gives a pair`() async throws {
        try await withHub { hub in
            let pair = try await hub.newcomer()

            #expect(pair.tokenType == "Bearer")
            #expect(pair.expiresIn == 900)
            #expect(pair.accessToken.split(separator: ".").count == 3)
            #expect(pair.refreshToken.utf8.count == 60)
            #expect(try await hub.number("SELECT count(*) FROM session WHERE ended_at IS NULL") == 1)
            let days = "SELECT extract(epoch FROM expires_at - created_at)::bigint FROM session"
            #expect(try await hub.number(days) == 7 * 24 * 3_600)
            #expect(try await hub.journal("session.%") == ["session.opened"])
        }
    }

    @Test func `a wrong password and an unknown address are refused in the same words`() async throws {
        try await withHub { hub in
            _ = try await hub.register()

            let wrong = try await refusal { try await hub.login(hub.email, "not the right one") }
            let unknown = try await refusal { try await hub.login("nobody@example.com", "not the right one") }

            #expect(wrong == unknown)
            #expect(wrong.code == .unauthenticated && wrong.reason == "INVALID_CREDENTIALS")
            #expect(try await hub.journal("sign-in.%") == ["sign-in.refused", "sign-in.refused"])
        }
    }

    @Test func `an unknown address waits in the same queue for a hash`() async throws {
        try await withHub { hub in
            let hasher = try PasswordHasher(cost: 12, threads: 1, waiting: 1)
            let windows = RateWindows(redis: hub.redis, logger: hub.logger)
            let node = IdentityService(
                hub.configuration,
                database: hub.database,
                windows: windows,
                hasher: hasher,
                logger: hub.logger
            )

            let statuses = try await withThrowingTaskGroup(of: Status.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await refusal {
                            try await node.login(
                                .with {
                                    $0.email = "nobody@example.com"
                                    $0.password = "not the right one"
                                },
                                hub.call()
                            )
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(statuses.contains { $0.reason == "INVALID_CREDENTIALS" })
            let refused = try #require(statuses.first { $0.code == .resourceExhausted })
            #expect(refused.reason == "RATE_LIMIT_EXCEEDED" && refused.retryDelay != nil)
        }
    }

    @Test(arguments: [true, false])
    func `five failures close an address, known or not, even to the right password`(isKnown: Bool) async throws {
        try await withHub(configure: { $0.signInFailures = 5 }) { hub in
            if isKnown { _ = try await hub.register() }

            for number in 0..<5 {
                let status = try await refusal {
                    try await hub.login(hub.email, "wrong", from: "client-\(number)-\(hub.client)")
                }
                #expect(status.reason == "INVALID_CREDENTIALS")
            }
            let refused = try await refusal { try await hub.login(from: "client-6-\(hub.client)") }

            #expect(refused.code == .resourceExhausted && refused.reason == "RATE_LIMIT_EXCEEDED")
            let delay = try #require(refused.retryDelay)
            #expect(delay > .seconds(14 * 60) && delay <= .seconds(15 * 60 + 1))
            let other = try await refusal { try await hub.login("other@example.com", "wrong") }
            #expect(other.reason == "INVALID_CREDENTIALS")
        }
    }

    @Test func `five failures close a client, whatever addresses it tries`() async throws {
        try await withHub(configure: { $0.networkFailures = 5 }) { hub in
            _ = try await hub.register()

            for number in 0..<5 { _ = try await refusal { try await hub.login("user\(number)@example.com", "wrong") } }

            #expect(try await refusal { try await hub.login() }.code == .resourceExhausted)
            #expect(try await !hub.login(from: "elsewhere-\(hub.client)").accessToken.isEmpty)
        }
    }

    @Test func `a hundred guesses at once count as a hundred`() async throws {
        try await withHub(configure: { $0.signInFailures = 5 }) { hub in
            _ = try await hub.register()

            let reasons = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await refusal { try await hub.login(hub.email, "wrong") }.reason }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }

            #expect(reasons == ["INVALID_CREDENTIALS": 5, "RATE_LIMIT_EXCEEDED": 95])
        }
    }

    @Test func `signing in well does not count as a failure`() async throws {
        try await withHub(configure: { $0.signInFailures = 2 }) { hub in
            _ = try await hub.register()

            for _ in 0..<10 { #expect(try await !hub.login().accessToken.isEmpty) }
        }
    }

    @Test func `an attempt that could not be decided does not count as a failure`() async throws {
        try await withHub(configure: { $0.signInFailures = 2 }) { hub in
            _ = try await hub.register()
            let gone = Database(DatabaseConfiguration(connection: "host=/nowhere"), logger: hub.logger)
            await gone.close()
            let blind = try hub.anotherNode(on: gone)

            for _ in 0..<5 { _ = try await refusal { try await hub.login(on: blind) } }

            #expect(try await !hub.login().accessToken.isEmpty)
        }
    }

    @Test func `failures are counted without Redis too`() async throws {
        let redis = try await RedisServer.start()
        try await redis.stop()
        try await withHub(redis: redis, configure: { $0.signInFailures = 5 }) { hub in
            _ = try await hub.register()

            for _ in 0..<5 { _ = try await refusal { try await hub.login(hub.email, "wrong") } }

            #expect(try await refusal { try await hub.login() }.code == .resourceExhausted)
        }
    }
}
