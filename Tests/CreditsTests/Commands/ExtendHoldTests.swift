import Contract
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct ExtendHoldTests {
    @Test func `an extended hold runs out later and is settled as before`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "3")
            let hold = try await ledger.hold("2", of: user, expiresIn: 60)

            let extended = try await ledger.extend(hold, by: 4 * 86_400 / 4, requestID: "e1")

            #expect(extended.expiresAt.seconds > hold.expiresAt.seconds + 3600)
            #expect((extended.amount, extended.state, extended.holdID) == ("2", .open, hold.holdID))
            #expect(try await ledger.extend(hold, by: 86_400, requestID: "e1") == extended)
            let settled = try await ledger.settle(hold, "0.5")
            #expect((settled.state, settled.settled, settled.amount) == (.settled, "0.5", "2"))
            #expect(try await ledger.balance(of: user) == ["2.5", "0", "2.5"])
        }
    }

    @Test func `a hold that has ended has no more time`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "3")
            let released = try await ledger.release(try await ledger.hold("1", of: user))
            let overdue = try await ledger.hold("1", of: user)
            try await ledger.letHoldsRunOut()

            let first = await #expect(throws: Status.self) { try await ledger.extend(released, by: 60) }
            let second = await #expect(throws: Status.self) { try await ledger.extend(overdue, by: 60) }

            #expect([reason(first), reason(second)] == ["HOLD_RELEASED", "HOLD_EXPIRED"])
            #expect(try await ledger.balance(of: user) == ["3", "0", "3"])
        }
    }

    @Test func `what is above a hold is paid if allowed, may go below zero and blocks new holds`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1")
            let hold = try await ledger.hold("1", of: user)

            let refused = await #expect(throws: Status.self) { try await ledger.settle(hold, "1.25") }
            let settled = try await ledger.settle(hold, "1.25", allowOverrun: true)

            #expect(refused?.code == .invalidArgument)
            #expect(settled.settled == "1.25")
            #expect(try await ledger.balance(of: user) == ["-0.25", "0", "-0.25"])
            let blocked = await #expect(throws: Status.self) { try await ledger.hold("0.000001", of: user) }
            #expect(reason(blocked) == "INSUFFICIENT_CREDITS")
            try await ledger.adjust(user, by: "0.5")
            #expect(try await ledger.hold("0.25", of: user).state == .open)
        }
    }

    @Test func `a late settlement is refused, and kept in the ledger`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1")
            let hold = try await ledger.hold("1", of: user)
            try await ledger.letHoldsRunOut()

            let late = await #expect(throws: Status.self) { try await ledger.settle(hold, "1", requestID: "s1") }
            let again = await #expect(throws: Status.self) { try await ledger.settle(hold, "1", requestID: "s1") }
            let later = await #expect(throws: Status.self) { try await ledger.settle(hold, "1", requestID: "s2") }

            #expect([reason(late), reason(again), reason(later)] == Array(repeating: "HOLD_EXPIRED", count: 3))
            let kinds = try await ledger.database.rows("SELECT kind FROM entry ORDER BY version") { try $0.int(0) }
            #expect(kinds == [1, 6, 9, 10, 10])
            #expect(try await ledger.balance(of: user) == ["1", "0", "1"])
        }
    }
}
