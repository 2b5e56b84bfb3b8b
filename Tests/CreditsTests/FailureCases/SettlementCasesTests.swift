import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import Testing

/// How other gateways have lost, doubled or forgiven money; named as in the list of failure cases.
@Suite struct SettlementCasesTests {
    @Test func `L-01 overrun dropped: what is above the hold is posted, then the account is blocked`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "2")
            let hold = try await ledger.hold("1", of: user)

            _ = try await ledger.settle(hold, "2.5", allowOverrun: true)

            #expect(try await ledger.balance(of: user) == ["-0.5", "0", "-0.5"])
            #expect(
                reason(await #expect(throws: Status.self) { try await ledger.hold("0.1", of: user) })
                    == "INSUFFICIENT_CREDITS"
            )
            #expect(
                reason(await #expect(throws: Status.self) { try await ledger.deduct("0.1", of: user) })
                    == "INSUFFICIENT_CREDITS"
            )
        }
    }

    @Test func `L-02 a settlement that rolls back frees: it cannot fail for want of credits`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "2")
            let holds = [try await ledger.hold("1", of: user), try await ledger.hold("1", of: user)]
            _ = try await ledger.settle(holds[0], "5", allowOverrun: true)

            let settled = try await ledger.settle(holds[1], "1")

            #expect(settled.state == .settled)
            #expect(try await ledger.balance(of: user) == ["-4", "0", "-4"])
        }
    }

    @Test func `L-03 forgiven debt: a negative balance stays and is made up first`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1")
            _ = try await ledger.settle(try await ledger.hold("1", of: user), "3", allowOverrun: true)

            let after = try await ledger.adjust(user, by: "2.5")

            #expect((after.balance, after.available) == ("0.5", "0.5"))
        }
    }

    @Test func `L-04 eating neighbours: an overrun leaves other holds as they are`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "3")
            let (first, neighbour) = (try await ledger.hold("1", of: user), try await ledger.hold("1", of: user))

            _ = try await ledger.settle(first, "2", allowOverrun: true)

            #expect(try await ledger.balance(of: user) == ["1", "1", "0"])
            #expect(
                reason(await #expect(throws: Status.self) { try await ledger.hold("0.000001", of: user) })
                    == "INSUFFICIENT_CREDITS"
            )
            #expect(try await ledger.settle(neighbour, "1").settled == "1")
            #expect(try await ledger.balance(of: user) == ["0", "0", "0"])
        }
    }

    @Test func `L-05 settled twice: of two settlements at once one is posted`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "9")
            for _ in 0..<20 {
                let hold = try await ledger.hold("0.2", of: user)
                async let first = Result { try await ledger.settle(hold, "0.1") }
                async let second = Result { try await ledger.settle(hold, "0.2") }

                let reasons = await [first, second].map { result -> String? in
                    guard case .failure(let error) = result else { return nil }
                    return reason(error as? Status)
                }

                #expect(reasons.filter { $0 == nil }.count == 1)
                #expect(reasons.contains("HOLD_SETTLED"))
            }
            let entries = try await ledger.database.first("SELECT count(*) FROM entry WHERE kind = 2") { try $0.int(0) }
            #expect(entries == 20)
        }
    }

    @Test func `L-08 half settled: charge, end of the hold and journal come together or not at all`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "2")
            let hold = try await ledger.hold("1", of: user)
            func written() async throws -> [Int64]? {
                try await ledger.database.first(
                    "SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM entry), (SELECT count(*) FROM refusal)"
                ) { row in [try row.int(0), try row.int(1), try row.int(2)] }
            }
            let before = try await written()
            try await ledger.database.run("ALTER TABLE entry ADD CONSTRAINT poison CHECK (kind <> 2)")

            await #expect(throws: Status.self) { try await ledger.settle(hold, "0.5", requestID: "s1") }

            #expect(try await written() == before)
            #expect(try await ledger.balance(of: user) == ["2", "1", "1"])
            try await ledger.database.run("ALTER TABLE entry DROP CONSTRAINT poison")
            #expect(try await ledger.settle(hold, "0.5", requestID: "s1").settled == "0.5")
            #expect(try await ledger.balance(of: user) == ["1.5", "0", "1.5"])
        }
    }

    @Test func `L-09 the sweeper kills what lives: a hold with signs of life is not swept, an overdue one is, once`()
        async throws
    {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "9")
            let (living, dead) = (
                try await ledger.hold("1", of: user, expiresIn: 60), try await ledger.hold("2", of: user, expiresIn: 60)
            )
            try await ledger.moveClock(by: "50 seconds")
            _ = try await ledger.extend(living, by: 60)
            try await ledger.moveClock(by: "70 seconds")

            let swept = [try await ledger.service.expireHolds().ended, try await ledger.service.expireHolds().ended]

            #expect(swept == [1, 0])
            #expect(try await ledger.settle(living, "1").state == .settled)
            #expect(reason(await #expect(throws: Status.self) { try await ledger.settle(dead, "1") }) == "HOLD_EXPIRED")
            #expect(try await ledger.balance(of: user) == ["8", "0", "8"])
        }
    }

    @Test func `L-10 reseed drift: a process that has forgotten everything decides the same`() async throws {
        try await withEngines(configure: { $0.memoryLimit = 1 }) { engines in
            let users = try await engines.users(3)
            for round in 0..<30 {
                _ = try await engines[round % 2].post(
                    LedgerCommand(
                        id: UUID(),
                        account: users[round % 3],
                        .hold(CreditAmount(micro: 100_000), lifetime: 60, service: "chat", model: "")
                    )
                )
            }

            for user in users {
                let more = LedgerCommand(
                    id: UUID(),
                    account: user,
                    .hold(CreditAmount(micro: 1), lifetime: 60, service: "chat", model: "")
                )
                await #expect(throws: Status.self) { try await engines[0].post(more) }
            }
        }
    }

    @Test func `L-11 float money: ten times a tenth is one, and a million millionths too`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1")

            for _ in 0..<10 { try await ledger.adjust(user, by: "0.1") }
            for _ in 0..<10 { try await ledger.adjust(user, by: "-0.000001") }

            #expect(try await ledger.balance(of: user) == ["1.99999", "0", "1.99999"])
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
