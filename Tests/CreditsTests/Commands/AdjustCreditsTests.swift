import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import Testing

@Suite struct AdjustCreditsTests {
    @Test func `credits are added and taken, with the reason in the history`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            let added = try await ledger.adjust(user, by: "2.5", reason: "bonus")
            let taken = try await ledger.adjust(user, by: "-0.000001", reason: "fee")

            #expect(added.balance == "3.5")
            #expect(taken.balance == "3.499999")
            let history = try await ledger.queries.listTransactions(.init(), CallOptions(as: user))
            #expect(history.transactions.map(\.reason) == ["fee", "bonus", "Welcome"])
            #expect(history.transactions.map(\.amount) == ["-0.000001", "2.5", "1"])
            #expect(history.transactions.map(\.balanceAfter) == ["3.499999", "3.5", "1"])
        }
    }

    @Test func `more than is available cannot be taken, held credits included`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            _ = try await ledger.hold("4", of: user)

            let error = await #expect(throws: Status.self) { try await ledger.adjust(user, by: "-6.000001") }

            #expect(reason(error) == "INSUFFICIENT_CREDITS")
            #expect(try await ledger.adjust(user, by: "-6").available == "0")
        }
    }

    @Test func `a balance that would not fit is refused`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            let error = await #expect(throws: Status.self) { try await ledger.adjust(user, by: "9223372036854.775807") }

            #expect(error?.code == .invalidArgument)
        }
    }

    @Test(arguments: [
        ("0", "r", "amount"), ("1", "", "reason"), ("1", String(repeating: "x", count: 501), "reason"),
        ("1", "a\u{0}", "reason"),
    ])
    func `a field that is wrong is named`(amount: String, text: String, field: String) async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            let error = await #expect(throws: Status.self) { try await ledger.adjust(user, by: amount, reason: text) }

            #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == [field])
        }
    }

    @Test func `parallel corrections all count`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            try await withThrowingTaskGroup { group in
                for index in 0..<100 {
                    group.addTask { _ = try await ledger.adjust(user, by: index % 2 == 0 ? "0.5" : "-0.25") }
                }
                try await group.waitForAll()
            }

            #expect(try await ledger.balance(of: user) == ["13.5", "0", "13.5"])
        }
    }

    @Test func `opening an account again gives nothing`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await ledger.database.write { transaction in
                            try CreditsService.openAccount(transaction, for: user)
                        }
                    }
                }
                try await group.waitForAll()
            }

            #expect(try await ledger.balance(of: user) == ["1", "0", "1"])
        }
    }
}
