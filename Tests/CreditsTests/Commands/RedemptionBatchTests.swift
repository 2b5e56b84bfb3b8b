import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import Testing

/// What becomes of the commands that are written together with redemptions which come too late.
@Suite struct RedemptionBatchTests {
    @Test func `a code that is switched off meanwhile gives nothing, and the batch's other commands go on`()
        async throws
    {
        try await withLedger { ledger in
            // One lane, so that everybody meets.
            try await ledger.database.run("UPDATE ledger_setting SET lanes = 1")
            let first = try await ledger.user(owning: "2")
            let users = try await ledger.users(40)
            try await ledger.makeCode("WELCOME")
            let (lane, code) = (Gate(), Gate())
            async let laneHolder: Void = ledger.holdUp(
                lane,
                "SELECT pg_advisory_xact_lock(1817403237, 0)",
                then: "SELECT 1"
            )
            async let codeHolder: Void = ledger.holdUp(
                code,
                "SELECT id FROM promo FOR UPDATE",
                then: "UPDATE promo SET active = false, version = version + 1"
            )
            try await lane.isReached()
            try await code.isReached()

            // The lane is busy with one command while all others gather behind it.
            async let busy = ledger.hold("1", of: first)
            try await eventually("a command that waits for its lane") { try await ledger.isWaiting("advisory") }
            async let holds = ledger.holdEach(users)
            async let redemptions = ledger.outcomes(of: users.count) { number in
                try await ledger.redeem("WELCOME", by: users[number])
            }
            lane.open()
            // They were decided, the code being active, and now wait for its row.
            try await eventually("a redemption that waits for its code") {
                try await ledger.isWaiting("transactionid")
            }
            code.open()

            let (given, refused) = try await redemptions
            #expect(given == 0)
            #expect(refused == Array(repeating: "PROMO_INACTIVE", count: 40))
            let placed = try await holds
            #expect(placed == 40)
            _ = try await (busy, laneHolder, codeHolder)
            let kept = try await ledger.database.first("SELECT count(*) FROM refusal") { row in try row.int(0) }
            #expect(kept == 40)
            #expect(try await ledger.uses() == ["WELCOME": 0])
        }
    }

    @Test func `a redemption that can never be written fails alone, and not for ever`() async throws {
        try await withLedger { ledger in
            try await ledger.database.run("UPDATE ledger_setting SET lanes = 1")
            let users = try await ledger.users(10)
            try await ledger.makeCode("WELCOME")
            // Not what the row says, so the decision is never what can be written.
            try await ledger.database.run(
                """
                CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN RAISE 'spoilt' USING errcode = '23514', constraint = 'promo_redeemable'; END $$
                """
            )
            try await ledger.database.run(
                "CREATE TRIGGER spoil BEFORE UPDATE OF uses ON promo FOR EACH ROW EXECUTE FUNCTION spoil()"
            )

            async let holds = ledger.holdEach(users)
            let error = await #expect(throws: Status.self) {
                try await ledger.redeem("WELCOME", by: users[0], requestID: "r1")
            }

            #expect(error?.code == .internal)
            let placed = try await holds
            #expect(placed == 10)
            try await ledger.database.run("DROP TRIGGER spoil ON promo")
            #expect(try await ledger.redeem("WELCOME", by: users[0], requestID: "r1").credits == "5")
        }
    }
}

extension Ledger {
    /// Places a hold for each user, all at once; how many stand.
    fileprivate func holdEach(_ users: [UUID]) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for user in users {
                group.addTask { try await self.hold("1", of: user).state == .open ? 1 : 0 }
            }
            return try await group.reduce(0, +)
        }
    }

    /// Takes a lock, keeps it until the gate is opened, and then does something.
    fileprivate func holdUp(_ gate: Gate, _ lock: Statement, then change: Statement) async throws {
        try await self.database.write { transaction in
            try transaction.run(lock)
            gate.pass()
            try transaction.run(change)
        }
    }

    /// Whether a statement of this database waits for such a lock.
    fileprivate func isWaiting(_ kind: String) async throws -> Bool {
        let found = try await self.database.first(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = $1",
            [.text(kind)]
        ) { row in try row.int(0) }
        return found != nil
    }
}
