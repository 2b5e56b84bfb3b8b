import Contract
import Foundation
import Kernel
import Logging
import NIOPosix
import Postgres
import RPC
import Redis
import Support
import SwiftProtobuf
import Testing

@testable import Credits

@Suite struct StaleBalanceTests {
    private static let states = (
        old: AccountState(balance: CreditAmount(micro: 5), held: CreditAmount(micro: 2)),
        new: AccountState(balance: CreditAmount(micro: 7), held: .zero)
    )

    private func withCache(
        _ server: RedisServer,
        _ body: (BalanceCache, RedisClient) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = MultiThreadedEventLoopGroup.singleton
        let client = RedisClient(
            server.address,
            configuration: BalanceCache.configuration,
            group: group,
            logger: logger
        )
        let other = RedisClient(server.address, group: group, logger: logger)
        let result: Result<Void, any Error>
        do { result = .success(try await body(BalanceCache(redis: client), other)) } catch { result = .failure(error) }
        await client.close()
        await other.close()
        try result.get()
    }

    @Test func `a second read comes from the cache`() async throws {
        try await self.withCache(try await .shared()) { cache, _ in
            // A machine under load may need several tries within the second.
            try await eventually("an answer of the cache") {
                let account = UUID.v7()
                let first = try await cache.state(of: account) { Self.states.old }
                #expect(first == Self.states.old)
                return try await cache.state(of: account) { Self.states.new } == Self.states.old
            }
        }
    }

    @Test func `no answer is older than a second`() async throws {
        try await self.withCache(try await .shared()) { cache, _ in
            // A machine under load may stand still for a whole second; then nothing is shown by one try.
            try await eventually("answers of the cache") {
                let account = UUID.v7()
                let began = ContinuousClock.now
                var hits = 0
                _ = try await cache.state(of: account) { Self.states.old }
                // What was asked in time may be heard late.
                var asked = ContinuousClock.now
                while try await cache.state(of: account, read: { Self.states.new }) == Self.states.old {
                    #expect(began.duration(to: asked) < .seconds(1))
                    hits += 1
                    asked = .now
                }
                return hits > 0
            }
        }
    }

    @Test func `a value that Redis takes in late is not kept beyond its second`() async throws {
        let server = try await RedisServer.start()
        try await self.withCache(server) { cache, redis in
            let account = UUID.v7()
            _ = try await redis.send(["PING"])
            let began = ContinuousClock.now
            _ = try await cache.state(of: account) {
                server.setFrozen(true)
                return Self.states.old
            }
            try await eventually("the end of the second") { began.duration(to: .now) > .seconds(1) }
            server.setFrozen(false)

            let state = try await cache.state(of: account) { Self.states.new }

            #expect(state == Self.states.new)
        }
        try await server.stop()
    }

    @Test func `without Redis, or with one that stands still, the ledger answers`() async throws {
        let server = try await RedisServer.start()
        try await self.withCache(server) { cache, redis in
            _ = try await redis.send(["PING"])
            let account = UUID.v7()
            _ = try await cache.state(of: account) { Self.states.old }

            server.setFrozen(true)
            let frozen = try await within(.seconds(5)) { try await cache.state(of: UUID.v7()) { Self.states.new } }
            server.setFrozen(false)
            try await server.stop()
            let stopped = try await within(.seconds(5)) { try await cache.state(of: account) { Self.states.new } }
            try await server.launch()

            #expect(frozen == Self.states.new)
            #expect(stopped == Self.states.new)
            try await eventually("the cache's return") {
                let account = UUID.v7()
                _ = try await cache.state(of: account) { Self.states.old }
                return try await cache.state(of: account) { Self.states.new } == Self.states.old
            }
        }
        try await server.stop()
    }

    @Test(
        arguments: [
            "", "rubbish", "1:2", "1:2:3:4", "2:5:2", "1:x:2", "1:5:", "1:99999999999999999999:0", "\u{0}", "1:5:2 ",
        ]
    )
    func `rubbish in the cache is passed over`(value: String) async throws {
        try await self.withCache(try await .shared()) { cache, redis in
            let account = UUID.v7()
            _ = try await redis.send(["SET", "balance:\(account.uuidString)", value, "PX", "800"])

            let state = try await cache.state(of: account) { Self.states.new }

            #expect(state == Self.states.new)
        }
    }

    @Test func `a value that would stay, and one that is no text, are passed over and replaced`() async throws {
        try await self.withCache(try await .shared()) { cache, redis in
            let (lasting, list) = (UUID.v7(), UUID.v7())
            _ = try await redis.send(["SET", "balance:\(lasting.uuidString)", "1:5:2"])
            _ = try await redis.send(["LPUSH", "balance:\(list.uuidString)", "1:5:2"])

            for account in [lasting, list] {
                #expect(try await cache.state(of: account) { Self.states.new } == Self.states.new)
                try await eventually("the replacement") {
                    _ = try await cache.state(of: account) { Self.states.new }
                    return try await redis.send(["PTTL", "balance:\(account.uuidString)"]).integer ?? -1 > 0
                }
            }
        }
    }

    @Test func `a failure of the ledger is the answer and is not kept`() async throws {
        try await self.withCache(try await .shared()) { cache, redis in
            let account = UUID.v7()
            await #expect(throws: Status.self) {
                try await cache.state(of: account) { throw Status(.notFound, "no such account") }
            }
            let kept = try await redis.send(["EXISTS", "balance:\(account.uuidString)"])

            #expect(kept == .integer(0))
        }
    }

    @Test func `a stale balance is shown on request only, and never decides over spending`() async throws {
        try await self.withCache(try await .shared()) { cache, _ in
            try await withLedger { ledger in
                let stale = CreditsService(database: ledger.database, ledger: ledger.service.ledger, balances: cache)
                try await withServer([CreditQueries.definition(of: stale), CreditCommands.definition(of: stale)]) {
                    let (queries, commands) = (CreditQueriesClient($0), CreditCommandsClient($0))
                    // A machine under load may lose the second in between.
                    try await eventually("a stale balance") {
                        let user = try await ledger.user(owning: "5")
                        let request = GetBalanceRequest.with { $0.allowStale = true }
                        let first = try await queries.getBalance(request, CallOptions(as: user))
                        _ = try await ledger.deduct("5", of: user)
                        let second = try await queries.getBalance(request, CallOptions(as: user))
                        let order = DeductCreditsRequest.with {
                            $0.requestID = UUID.v7().text
                            $0.userID = user.text
                            $0.credits = "1"
                            $0.service = "video"
                        }
                        let refusal = await #expect(throws: Status.self) {
                            try await commands.deductCredits(order, CallOptions(as: ledger.administrator))
                        }
                        let strong = try await queries.getBalance(.init(), CallOptions(as: user))

                        #expect(first.balance == "5")
                        #expect(reason(refusal) == "INSUFFICIENT_CREDITS")
                        #expect(strong.balance == "0")
                        return second.balance == "5"
                    }
                }
            }
        }
    }
}
