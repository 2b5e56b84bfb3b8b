import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import Testing

@Suite struct LedgerCheckTests {
    /// One way, or a few, to break each rule, as the owner of the server could.
    struct Breach: Sendable, CustomTestStringConvertible {
        let rule: String
        let sql: String
        /// What stands in the way and is taken away first.
        var without: [String] = []

        var testDescription: String { "\(self.rule): \(self.sql)" }
    }

    static let breaches = [
        Breach(rule: "I1 sum", sql: "UPDATE house_rollup SET balance = balance + 1 WHERE house = 2"),
        Breach(rule: "I1 sum", sql: "UPDATE entry SET balance_after = balance_after + 1 WHERE \(newest)"),
        Breach(rule: "I1 roll-up", sql: "UPDATE house_rollup SET entries = entries + 1 WHERE house = 1"),
        Breach(rule: "I1 roll-up", sql: "UPDATE projection_cursor SET xid = '0', seq = 0"),
        Breach(rule: "I2 I9 steps", sql: "UPDATE entry SET version = version + 1 WHERE \(newest)"),
        Breach(rule: "I2 I9 steps", sql: "UPDATE entry SET amount = amount + 1 WHERE kind = 1"),
        Breach(rule: "I2 I9 steps", sql: "UPDATE entry SET posting = 0 WHERE \(newest)"),
        Breach(rule: "I2 kinds", sql: "UPDATE entry SET kind = 4 WHERE kind = 5"),
        Breach(rule: "I2 kinds", sql: "UPDATE entry SET hold = NULL, step = NULL WHERE kind = 8"),
        Breach(rule: "I2 kinds", sql: "UPDATE entry SET hold = NULL, step = NULL WHERE kind = 2"),
        Breach(rule: "I2 kinds", sql: "UPDATE entry SET hold = NULL WHERE kind = 9"),
        Breach(rule: "I2 kinds", sql: "UPDATE entry SET hold = NULL WHERE kind = 7"),
        Breach(rule: "I2 kinds", sql: "UPDATE entry SET kind = 11 WHERE kind = 8"),
        Breach(
            rule: "I3 cover",
            sql: "UPDATE entry SET balance_after = -1 WHERE kind = 5",
            without: ["ALTER TABLE entry DROP CONSTRAINT entry_covered"]
        ),
        Breach(rule: "I3 holds", sql: "UPDATE entry SET held_after = held_after + 1 WHERE \(newest)"),
        Breach(rule: "I3 sweep", sql: "DELETE FROM hold_due"),
        Breach(rule: "I3 sweep", sql: "UPDATE hold_due SET due = due + interval '1 day'"),
        Breach(rule: "I4 ends", sql: "UPDATE entry SET at = expires_at + interval '1 s' WHERE kind = 2"),
        Breach(rule: "I4 ends", sql: "UPDATE entry SET held = held - 1 WHERE kind = 2"),
        Breach(
            rule: "I4 ends",
            sql: "UPDATE entry SET hold = (SELECT hold FROM entry WHERE kind = 2) WHERE kind = 8",
            without: ["DROP INDEX entry_step"]
        ),
        Breach(rule: "I4 ends", sql: "UPDATE entry SET hold = gen_random_uuid() WHERE kind = 2"),
        Breach(rule: "I4 extensions", sql: "UPDATE entry SET step = 3 WHERE kind = 7"),
        Breach(rule: "I4 extensions", sql: "UPDATE entry SET at = at + interval '1 day' WHERE kind = 7"),
        Breach(rule: "I4 late", sql: "UPDATE entry SET kind = 8 WHERE kind = 9"),
        Breach(
            rule: "I5 commands",
            sql: "UPDATE entry SET id = (SELECT id FROM entry WHERE kind = 5) WHERE kind = 3",
            without: ["DROP INDEX entry_id"]
        ),
        Breach(
            rule: "I5 commands",
            sql: "INSERT INTO refusal (id, digest, status) SELECT id, digest, '' FROM entry WHERE kind = 5"
        ),
        Breach(rule: "I7 uses", sql: "UPDATE promo SET uses = uses + 1"),
        Breach(rule: "I7 entries", sql: "UPDATE promo_use SET account = gen_random_uuid()"),
        Breach(rule: "I8 first credit", sql: "UPDATE entry SET kind = 3 WHERE kind = 1"),
        Breach(rule: "I9 streams", sql: "DELETE FROM journal WHERE stream_version = 2"),
        Breach(rule: "I9 I11 postings", sql: "UPDATE entry SET reason = 'another' WHERE kind = 3"),
        Breach(rule: "I9 I11 postings", sql: "UPDATE entry SET at = at + interval '1 s' WHERE kind = 3"),
        Breach(rule: "I9 I11 postings", sql: "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)"),
        Breach(rule: "I9 I11 postings", sql: "DELETE FROM entry WHERE kind = 10"),
        Breach(rule: "I9 chain", sql: "UPDATE journal SET actor = gen_random_uuid() WHERE stream_version = 1"),
    ]

    private static let newest = """
        (account, version) = (SELECT account, version FROM entry ORDER BY at DESC, version DESC LIMIT 1)
        """

    @Test func `each rule is broken below`() {
        let rules = LedgerCheck.rules.map(\.name) + ["I9 chain"]

        #expect(Set(Self.breaches.map(\.rule)) == Set(rules))
        #expect(Set(rules).count == rules.count)
    }

    @Test(arguments: breaches)
    func `what breaks a rule is found under its name`(_ breach: Breach) async throws {
        try await withLedger(checked: false) { ledger in
            try await ledger.fillWithAllKinds()
            let before = try await LedgerCheck.violations(in: ledger.database)
            try await ledger.tamper(breach.sql, without: breach.without)

            let broken = try await LedgerCheck.run(on: ledger.database).filter { !$0.broken.isEmpty }

            #expect(before == [])
            #expect(broken.map(\.rule.name).contains(breach.rule), "found: \(broken.map(\.rule.name))")
        }
    }

    @Test func `a settlement beyond its hold breaks no rule, nor does what follows`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "2")
            let other = try await ledger.hold("1", of: user)
            _ = try await ledger.settle(try await ledger.hold("1", of: user), "3", allowOverrun: true)
            _ = try await ledger.settle(other, "0.5")
            try await ledger.adjust(user, by: "0.25")
            #expect(try await ledger.balance(of: user) == ["-1.25", "0", "-1.25"])
        }
    }

    @Test func `most examples of what breaks a rule are left out`() async throws {
        try await withLedger(checked: false) { ledger in
            for _ in 0..<25 { _ = try await ledger.user() }
            try await ledger.tamper("UPDATE entry SET kind = 3")

            let findings = try await LedgerCheck.run(on: ledger.database)

            #expect(findings.first { $0.rule.name == "I8 first credit" }?.broken.count == LedgerCheck.limit)
        }
    }

    @Test func `every rule counts what it has checked`() async throws {
        try await withLedger { ledger in
            try await ledger.fillWithAllKinds()

            for finding in try await LedgerCheck.run(on: ledger.database) {
                #expect(finding.count > 0, "\(finding.rule.name)")
            }
        }
    }

    @Test func `a check that is called off ends, whatever it is at`() async throws {
        try await withLedger { ledger in
            let gate = Gate()
            // A table that somebody changes the form of cannot be read: the check stands still.
            let holder = Task {
                try await ledger.database.write { transaction in
                    try transaction.run("LOCK TABLE hold_due IN ACCESS EXCLUSIVE MODE")
                    gate.pass()
                }
            }
            try await gate.isReached()
            let check = Task { try await LedgerCheck.run(on: ledger.database) }
            try await eventually("a check that stands still") {
                try await ledger.database.first(countWaiting) { row in try row.int(0) } == 1
            }

            check.cancel()

            await #expect(throws: (any Error).self) { try await check.value }
            gate.open()
            try await holder.value
        }
    }

    @Test func `the books are read while somebody holds every lane`() async throws {
        try await withLedger { ledger in
            let gate = Gate()
            try await ledger.fillWithAllKinds()
            let writer = Task {
                try await ledger.database.write { transaction in
                    try CreditsService.openAccount(transaction, for: UUID.v7())
                    gate.pass()
                }
            }
            try await gate.isReached()

            let violations = try await LedgerCheck.violations(in: ledger.database)

            gate.open()
            try await writer.value
            #expect(violations == [])
        }
    }
}

extension Ledger {
    /// Writes entries of every kind but promotions, rolls up and seals them.
    func fillWithAllKinds() async throws {
        let user = try await self.user(owning: "10")
        let overdue = try await self.hold("1", of: user)
        try await self.letHoldsRunOut()
        await #expect(throws: Status.self) { try await self.settle(overdue, "1") }
        _ = try await self.settle(try await self.hold("2", of: user), "1.5")
        _ = try await self.release(try await self.hold("1", of: user))
        _ = try await self.extend(try await self.hold("1", of: user, expiresIn: 100), by: 300)
        _ = try await self.hold("1", of: user)
        try await self.makeCode("WELCOME")
        _ = try await self.redeem("WELCOME", by: user)
        _ = try await self.deduct("0.5", of: user)
        try await self.rollUp()
        try await eventually("a whole chain") {
            _ = try await JournalChain.seal(in: self.serving)
            return try await self.database.first(isSealed) { row in try row.bool(0) } == true
        }
    }
}

private let countWaiting = Statement(
    """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%hold_due%'
    """
)

private let isSealed = Statement("SELECT (SELECT count(*) FROM journal) = (SELECT count(*) FROM journal_chain)")
