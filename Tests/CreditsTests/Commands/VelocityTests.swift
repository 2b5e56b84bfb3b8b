import Contract
import Credits
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

@Suite struct VelocityTests {
    private func limits(_ change: (inout VelocityLimits) -> Void) -> VelocityLimits {
        var limits = VelocityLimits()
        (limits.redeemAccount, limits.redeemAddress) = (0, 0)
        (limits.spendAccount, limits.spendAddress, limits.spendCredits) = (0, 0, .zero)
        change(&limits)
        return limits
    }

    /// An address that nobody else counts against.
    private func address() -> String { "client-\(UUID())" }

    @Test func `the attempt above the limit is refused with when to come back, also after failed ones`() async throws {
        try await withLimitedLedger(self.limits { $0.redeemAccount = 3 }) { ledger in
            let (user, other) = (try await ledger.user(), try await ledger.user())
            try await ledger.makeCode("WELCOME")
            for guess in ["GUESS-1", "GUESS-2", "GUESS-3"] {
                let wrong = await #expect(throws: Status.self) { try await ledger.redeem(guess, by: user) }
                #expect(reason(wrong) == "PROMO_UNKNOWN")
            }

            let error = await #expect(throws: Status.self) { try await ledger.redeem("WELCOME", by: user) }

            #expect(error?.code == .resourceExhausted && reason(error) == "VELOCITY_LIMIT")
            #expect(error?.errorInfo?.metadata["limit"] == "velocity.redeem-account")
            let delay = try #require(error?.retryDelay)
            #expect(delay > .seconds(3500) && delay <= .seconds(3601))
            #expect(try await ledger.redeem("WELCOME", by: other).credits == "5")
            #expect(try await ledger.uses() == ["WELCOME": 1])
        }
    }

    @Test func `a refusal for speed is not final for its request id`() async throws {
        let redis = try await RedisServer.start()
        try await withLimitedLedger(self.limits { $0.redeemAccount = 1 }, redis: redis) { ledger in
            let user = try await ledger.user()
            try await ledger.makeCode("WELCOME")
            _ = await #expect(throws: Status.self) { try await ledger.redeem("GUESS", by: user) }
            let refused = await #expect(throws: Status.self) {
                try await ledger.redeem("WELCOME", by: user, requestID: "r1")
            }
            #expect(reason(refused) == "VELOCITY_LIMIT")

            try await endWindows(in: redis)

            #expect(try await ledger.redeem("WELCOME", by: user, requestID: "r1").credits == "5")
        }
    }

    @Test func `what was answered before is answered again, however fast`() async throws {
        let limits = self.limits { ($0.redeemAccount, $0.spendAccount) = (1, 1) }
        try await withLimitedLedger(limits) { ledger in
            let user = try await ledger.user()
            try await ledger.makeCode("WELCOME")
            for _ in 0..<3 {
                #expect(try await ledger.redeem("WELCOME", by: user, requestID: "r1").balance.balance == "6")
                #expect(try await ledger.deduct("0.5", of: user, requestID: "d1").balance.balance == "5.5")
            }

            let error = await #expect(throws: Status.self) { try await ledger.deduct("0.5", of: user, requestID: "d2") }
            #expect(reason(error) == "VELOCITY_LIMIT")
        }
    }

    @Test func `attempts are counted by address too, whoever makes them`() async throws {
        try await withLimitedLedger(self.limits { $0.redeemAddress = 2 }) { ledger in
            let (here, there) = (self.address(), self.address())
            try await ledger.makeCode("WELCOME")
            for _ in 0..<2 { _ = try await ledger.redeem("WELCOME", by: try await ledger.user(), from: here) }
            let late = try await ledger.user()

            let error = await #expect(throws: Status.self) { try await ledger.redeem("WELCOME", by: late, from: here) }

            #expect(error?.errorInfo?.metadata["limit"] == "velocity.redeem-address")
            #expect(try await ledger.redeem("WELCOME", by: late, from: there).credits == "5")
        }
    }

    @Test func `an alert is in the journal once for each window and limit, however many are refused`() async throws {
        let limits = self.limits { ($0.redeemAccount, $0.redeemAddress) = (2, 3) }
        try await withLimitedLedger(limits) { ledger in
            let here = self.address()
            let (user, other) = (try await ledger.user(), try await ledger.user())

            let (_, refused) = try await ledger.outcomes(of: 40) { number in
                try await ledger.redeem("GUESS-\(number)", by: number < 20 ? user : other, from: here)
            }

            #expect(refused.count { $0 == "VELOCITY_LIMIT" } >= 37)
            let alerts = try await ledger.journal("credits.velocity-alert")
            let told = alerts.map {
                "\($0.fields["limit"]?.stringValue ?? "") of \($0.fields["whose"]?.stringValue ?? "")"
            }
            let expected = [
                "velocity.redeem-account of \(user.text)", "velocity.redeem-account of \(other.text)",
                "velocity.redeem-address of \(here)",
            ]
            #expect(told.sorted() == expected.sorted())
            let alert = try #require(alerts.first { $0.fields["limit"]?.stringValue == "velocity.redeem-account" })
            #expect(alert.fields["allowed"]?.stringValue == "2")
            #expect(alert.fields["window_seconds"]?.stringValue == "3600")
            #expect(alert.fields["method"]?.stringValue == "hub.credits.v1.CreditCommands/RedeemPromoCode")
            let end = try #require(alert.fields["window_ends_at"]?.stringValue)
            #expect(try Date(end, strategy: .iso8601) > Date().addingTimeInterval(3500))
        }
    }

    @Test func `a new window has an alert of its own`() async throws {
        let redis = try await RedisServer.start()
        try await withLimitedLedger(self.limits { $0.redeemAccount = 1 }, redis: redis) { ledger in
            let user = try await ledger.user()
            for window in 1...2 {
                let (_, refused) = try await ledger.outcomes(of: 4) { _ in
                    try await ledger.redeem("GUESS", by: user)
                }
                #expect(refused.count { $0 == "VELOCITY_LIMIT" } == 3)
                #expect(try await ledger.journal("credits.velocity-alert").count == window)
                try await endWindows(in: redis)
            }
        }
    }

    @Test func `an alert that the journal does not take is tried again by the next refusal`() async throws {
        try await withLimitedLedger(self.limits { $0.redeemAccount = 1 }) { ledger in
            let user = try await ledger.user()
            _ = await #expect(throws: Status.self) { try await ledger.redeem("GUESS", by: user) }
            try await ledger.database.run(
                "ALTER TABLE journal ADD CONSTRAINT deaf CHECK (kind <> 'credits.velocity-alert')"
            )
            let refused = await #expect(throws: Status.self) { try await ledger.redeem("GUESS", by: user) }
            #expect(reason(refused) == "VELOCITY_LIMIT")

            try await ledger.database.run("ALTER TABLE journal DROP CONSTRAINT deaf")
            for _ in 0..<3 { _ = await #expect(throws: Status.self) { try await ledger.redeem("GUESS", by: user) } }

            #expect(try await ledger.journal("credits.velocity-alert").count == 1)
        }
    }

    @Test func `holds and deductions are counted together by who pays, whoever asks`() async throws {
        try await withLimitedLedger(self.limits { $0.spendAccount = 3 }) { ledger in
            let (user, other) = (try await ledger.user(owning: "10"), try await ledger.user(owning: "10"))
            for _ in 0..<2 { _ = try await ledger.hold("1", of: user) }
            _ = try await ledger.deduct("1", of: user)

            let refusedHold = await #expect(throws: Status.self) { try await ledger.hold("1", of: user) }
            let refusedDeduction = await #expect(throws: Status.self) { try await ledger.deduct("1", of: user) }
            for error in [refusedHold, refusedDeduction] {
                #expect(error?.errorInfo?.metadata["limit"] == "velocity.spend-account")
                #expect(try #require(error?.retryDelay) <= .seconds(61))
            }

            _ = try await ledger.deduct("1", of: other)
            #expect(try await ledger.balance(of: user) == ["9", "2", "7"])
            #expect(try await ledger.journal("credits.velocity-alert").count == 1)
        }
    }

    @Test func `spending is counted by the caller's address`() async throws {
        try await withLimitedLedger(self.limits { $0.spendAddress = 2 }) { ledger in
            let here = self.address()
            func spend(from address: String) async throws {
                let user = try await ledger.user()
                let request = DeductCreditsRequest.with {
                    $0.requestID = UUID.v7().text
                    $0.userID = user.text
                    $0.credits = "1"
                    $0.service = "video"
                }
                var options = CallOptions(as: ledger.administrator)
                options.metadata.append("client-address", address)
                _ = try await ledger.commands.deductCredits(request, options)
            }
            for _ in 0..<2 { try await spend(from: here) }

            let error = await #expect(throws: Status.self) { try await spend(from: here) }

            #expect(error?.errorInfo?.metadata["limit"] == "velocity.spend-address")
            try await spend(from: self.address())
        }
    }

    @Test func `credits are counted as they are spent, and not those of refused commands`() async throws {
        let limits = self.limits { $0.spendCredits = CreditAmount(micro: 10_000_000) }
        try await withLimitedLedger(limits) { ledger in
            let user = try await ledger.user(owning: "100")
            let poor = try await ledger.user(owning: "1")
            // Refused by the limit, or by the ledger: nothing is spent.
            for amount in ["10.000001", "9000000000000"] {
                let error = await #expect(throws: Status.self) { try await ledger.deduct(amount, of: user) }
                #expect(error?.errorInfo?.metadata["limit"] == "velocity.spend-credits")
            }
            for _ in 0..<5 {
                let error = await #expect(throws: Status.self) { try await ledger.deduct("8", of: poor) }
                #expect(reason(error) == "INSUFFICIENT_CREDITS")
            }

            _ = try await ledger.hold("4", of: user)
            _ = try await ledger.deduct("6", of: user)
            let error = await #expect(throws: Status.self) { try await ledger.deduct("0.000001", of: user) }

            #expect(reason(error) == "VELOCITY_LIMIT")
            #expect(try await ledger.deduct("1", of: poor).balance.balance == "0")
            let alerts = try await ledger.journal("credits.velocity-alert")
            #expect(alerts.map { $0.fields["allowed"]?.stringValue } == ["10"])
        }
    }

    @Test func `without Redis each process counts by itself from nothing on, and the log says so`() async throws {
        let redis = try await RedisServer.start()
        let log = LogRecorder()
        try await withLimitedLedger(self.limits { $0.redeemAccount = 2 }, redis: redis, logger: log.logger) { ledger in
            let user = try await ledger.user()
            try await ledger.makeCode("WELCOME")
            for _ in 0..<2 { _ = await #expect(throws: Status.self) { try await ledger.redeem("GUESS", by: user) } }
            try await redis.stop()

            #expect(try await ledger.redeem("WELCOME", by: user).credits == "5")

            #expect(log.recorded.count { $0.contains("Redis is away") } == 1)
        }
    }
}

/// Lets every window end, as time would.
private func endWindows(in redis: RedisServer) async throws {
    let logger = Logger(label: "test")
    let client = RedisClient(redis.address, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    _ = try await client.send(["FLUSHALL"])
    await client.close()
}
