import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct RedeemPromoCodeTests {
    @Test func `a code gives its credits at once, once for each request id, and is in the history`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            try await ledger.makeCode("WELCOME", "2.5", maxUses: 10)

            let first = try await ledger.redeem("welcome ", by: user, requestID: "r1")
            let again = try await ledger.redeem("welcome ", by: user, requestID: "r1")

            #expect(try first.serializedBytes() as [UInt8] == again.serializedBytes())
            #expect((first.credits, first.balance.available) == ("2.5", "3.5"))
            #expect(try await ledger.balance(of: user) == ["3.5", "0", "3.5"])
            let history = try await ledger.queries.listTransactions(.init(), CallOptions(as: user))
            let newest = try #require(history.transactions.first)
            #expect((newest.kind, newest.amount, newest.reason) == (.promotion, "2.5", "WELCOME"))
            #expect(newest.transactionID == first.transactionID)
            #expect(try await ledger.uses() == ["WELCOME": 1])
        }
    }

    @Test func `each rule has a refusal of its own, which is final for its request id`() async throws {
        try await withLedger { ledger in
            let (user, other) = (try await ledger.user(), try await ledger.user())
            try await ledger.makeCode("SWITCHED-OFF", isActive: false)
            try await ledger.makeCode("LAST-YEAR", expiresAt: .init(daysAhead: -365))
            try await ledger.makeCode("USED-UP", maxUses: 1)
            _ = try await ledger.redeem("USED-UP", by: other)
            try await ledger.makeCode("MINE")
            _ = try await ledger.redeem("MINE", by: user)
            let expected: [(code: String, status: Status.Code, reason: String)] = [
                ("NOBODY", .notFound, "PROMO_UNKNOWN"), ("SWITCHED-OFF", .failedPrecondition, "PROMO_INACTIVE"),
                ("LAST-YEAR", .failedPrecondition, "PROMO_EXPIRED"),
                ("USED-UP", .failedPrecondition, "PROMO_EXHAUSTED"), ("MINE", .alreadyExists, "PROMO_REDEEMED"),
            ]

            for (code, status, expectedReason) in expected {
                let error = await #expect(throws: Status.self) {
                    try await ledger.redeem(code, by: user, requestID: code)
                }
                #expect(error?.code == status && reason(error) == expectedReason, "\(code)")
            }

            try await ledger.makeCode("NOBODY")
            try await ledger.change("SWITCHED-OFF") { $0.active = true }
            try await ledger.change("LAST-YEAR") { $0.neverExpires = true }
            try await ledger.change("USED-UP") { $0.maxUses = 2 }
            for (code, _, expectedReason) in expected {
                let error = await #expect(throws: Status.self) {
                    try await ledger.redeem(code, by: user, requestID: code)
                }
                #expect(reason(error) == expectedReason, "\(code)")
            }
            for code in ["NOBODY", "SWITCHED-OFF", "LAST-YEAR", "USED-UP"] {
                #expect(try await ledger.redeem(code, by: user).credits == "5")
            }
        }
    }

    @Test func `a code expires by the ledger's clock`() async throws {
        try await withLedger { ledger in
            let (early, late) = (try await ledger.user(), try await ledger.user())
            try await ledger.makeCode("TODAY", expiresAt: .init(daysAhead: 1))
            _ = try await ledger.redeem("TODAY", by: early)

            try await ledger.letHoldsRunOut()

            let error = await #expect(throws: Status.self) { try await ledger.redeem("TODAY", by: late) }
            #expect(reason(error) == "PROMO_EXPIRED")
            try await ledger.change("TODAY") { $0.expiresAt = .init(daysAhead: 3) }
            #expect(try await ledger.redeem("TODAY", by: late).balance.balance == "6")
        }
    }

    @Test func `new terms are for redemptions to come`() async throws {
        try await withLedger { ledger in
            let (first, second) = (try await ledger.user(), try await ledger.user())
            try await ledger.makeCode("WELCOME", "5")
            _ = try await ledger.redeem("WELCOME", by: first)

            try await ledger.change("WELCOME") { $0.credits = "7" }

            #expect(try await ledger.redeem("WELCOME", by: second).credits == "7")
            #expect(try await ledger.balance(of: first) == ["6", "0", "6"])
        }
    }

    @Test func `M-02 a code redeemed twice: fifty redemptions by one user at once give once`() async throws {
        try await withTwoLedgers { here, there in
            let user = try await here.user()
            try await here.makeCode("WELCOME")

            let (given, refused) = try await here.outcomes(of: 50) { number in
                try await (number % 2 == 0 ? here : there).redeem("WELCOME", by: user)
            }

            #expect(given == 1)
            #expect(refused == Array(repeating: "PROMO_REDEEMED", count: 49))
            #expect(try await here.balance(of: user) == ["6", "0", "6"])
        }
    }

    @Test func `of a hundred users at two daemons ten get the last ten uses`() async throws {
        try await withTwoLedgers { here, there in
            let users = try await here.users(100)
            try await here.makeCode("FIRST-TEN", maxUses: 10)

            let (given, refused) = try await here.outcomes(of: 100) { number in
                try await (number % 2 == 0 ? here : there).redeem("FIRST-TEN", by: users[number])
            }

            #expect(given == 10)
            #expect(refused == Array(repeating: "PROMO_EXHAUSTED", count: 90))
            #expect(try await here.uses() == ["FIRST-TEN": 10])
        }
    }

    @Test func `codes redeemed in any order at two daemons never wait for each other in a circle`() async throws {
        try await withTwoLedgers { here, there in
            let codes = (1...8).map { "CODE-\($0)" }
            for code in codes { try await here.makeCode(code, "1") }
            let users = try await here.users(20)
            let orders = users.map { user in codes.shuffled().map { (user, $0) } }.flatMap { $0 }

            let (given, _) = try await here.outcomes(of: orders.count) { number in
                let (user, code) = orders[number]
                return try await (number % 2 == 0 ? here : there).redeem(code, by: user)
            }

            #expect(given == 160)
            let deadlocks = try await here.database.first(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            ) { row in try row.int(0) }
            #expect(deadlocks == 0)
        }
    }

    @Test func `another daemon answers a repeat with the first answer, though the code is used up`() async throws {
        try await withTwoLedgers { here, there in
            let (user, other) = (try await here.user(), try await here.user())
            try await here.makeCode("ONLY-ONE", maxUses: 1)
            let first = try await here.redeem("ONLY-ONE", by: user, requestID: "r1")
            let refused = await #expect(throws: Status.self) {
                try await here.redeem("ONLY-ONE", by: other, requestID: "r1")
            }

            try await here.change("ONLY-ONE") { $0.active = false }

            #expect(try await there.redeem("ONLY-ONE", by: user, requestID: "r1") == first)
            let again = await #expect(throws: Status.self) {
                try await there.redeem("ONLY-ONE", by: other, requestID: "r1")
            }
            #expect(again == refused && reason(again) == "PROMO_EXHAUSTED")
        }
    }

    @Test func `bad input and users without an account are refused`() async throws {
        try await withLedger { ledger in
            try await ledger.makeCode("WELCOME")

            for code in ["", "abc", "two words", "' OR '' = '", "ABCD\0"] {
                let error = await #expect(throws: Status.self) { try await ledger.redeem(code, by: UUID.v7()) }
                #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["code"], "\(code)")
            }
            let error = await #expect(throws: Status.self) { try await ledger.redeem("WELCOME", by: UUID.v7()) }
            #expect(error?.code == .notFound && reason(error) == "NOT_FOUND")
            let user = try await ledger.user()
            _ = try await ledger.redeem("WELCOME", by: user, requestID: "r1")
            let reused = await #expect(throws: Status.self) {
                try await ledger.redeem("OTHER", by: user, requestID: "r1")
            }
            #expect(reused?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["request_id"])
        }
    }

    @Test func `what breaks the rules of codes is found by the check`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            try await ledger.makeCode("WELCOME", maxUses: 3)
            _ = try await ledger.redeem("WELCOME", by: user)
            func broken() async throws -> Set<String> {
                let findings = try await LedgerCheck.run(on: ledger.database)
                return Set(findings.filter { !$0.broken.isEmpty }.map(\.rule.name))
            }
            #expect(try await broken() == [])

            for (harm, repair) in [
                ("UPDATE promo SET uses = 2", "UPDATE promo SET uses = 1"),
                ("UPDATE promo_terms SET credits = 1", "UPDATE promo_terms SET credits = 5000000"),
                ("UPDATE promo_terms SET active = false", "UPDATE promo_terms SET active = true"),
                (
                    "UPDATE promo_use SET account = gen_random_uuid()",
                    "UPDATE promo_use SET account = (SELECT account FROM entry WHERE kind = 4)"
                ),
                (
                    "UPDATE promo_use SET entry = gen_random_uuid()",
                    "UPDATE promo_use SET entry = (SELECT id FROM entry WHERE kind = 4)"
                ),
            ] {
                try await ledger.database.run(Statement(harm))
                #expect(try await broken() == [harm.contains("uses") ? "I7 uses" : "I7 entries"], "\(harm)")
                try await ledger.database.run(Statement(repair))
            }
        }
    }
}
