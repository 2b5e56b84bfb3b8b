import Contract
import Kernel
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct DeductCreditsTests {
    @Test func `a deduction spends at once, once for each request id, and is in the history`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "3")

            let first = try await ledger.deduct("1.25", of: user, requestID: "d1")
            let again = try await ledger.deduct("1.25", of: user, requestID: "d1")

            #expect(first == again)
            #expect((first.balance.balance, first.balance.available) == ("1.75", "1.75"))
            let history = try await ledger.queries.listTransactions(.init(), CallOptions(as: user))
            let newest = try #require(history.transactions.first)
            #expect((newest.transactionID, newest.kind, newest.amount) == (first.transactionID, .deduction, "-1.25"))
            #expect(newest.reason == "video session 7")
        }
    }

    @Test func `a deduction takes nothing that is held`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "3")
            _ = try await ledger.hold("2", of: user)

            let error = await #expect(throws: Status.self) { try await ledger.deduct("1.000001", of: user) }

            #expect(reason(error) == "INSUFFICIENT_CREDITS")
            #expect(try await ledger.deduct("1", of: user).balance.available == "0")
        }
    }

    @Test func `a check tells whether so much could be paid`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "3")
            _ = try await ledger.hold("2", of: user)
            func check(_ credits: String) async throws -> CheckCreditsResponse {
                try await ledger.queries.checkCredits(.with { $0.credits = credits }, CallOptions(as: user))
            }

            #expect(try await check("1").sufficient)
            let above = try await check("1.000001")
            #expect(!above.sufficient)
            #expect((above.balance.held, above.balance.userID) == ("2", user.text))
            let error = await #expect(throws: Status.self) { try await check("0") }
            #expect(error?.code == .invalidArgument)
        }
    }
}
