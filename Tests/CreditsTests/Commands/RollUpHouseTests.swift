import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import Testing

@Suite struct RollUpHouseTests {
    @Test func `the house owns what users have paid and has given what they got, rolled up or not`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "5")
            _ = try await ledger.settle(try await ledger.hold("2", of: user), "1.25")
            _ = try await ledger.deduct("0.5", of: user)

            let before = try await ledger.house()
            try await ledger.rollUp()
            let after = try await ledger.house()
            _ = try await ledger.deduct("0.25", of: user)
            let beyond = try await ledger.house()

            #expect(before == ["issuance -1 (1)", "revenue 1.75 (2)", "adjustment -4 (1)", "promotion 0 (0)"])
            #expect(after == before)
            #expect(beyond == ["issuance -1 (1)", "revenue 2 (3)", "adjustment -4 (1)", "promotion 0 (0)"])
        }
    }

    @Test func `a posting that commits late is counted, and once`() async throws {
        try await withLedger { ledger in
            let gate = Gate()
            try await ledger.rollUp()
            let late = Task {
                try await ledger.database.write { transaction in
                    try CreditsService.openAccount(transaction, for: UUID.v7())
                    gate.pass()
                }
            }
            try await gate.isReached()
            // It has a transaction number lower than what commits now.
            for _ in 0..<3 { try await ledger.database.run(noteElsewhere) }
            let waiting = try await ledger.service.rollUpHouse()
            gate.open()
            try await late.value
            let strong = try await ledger.house()
            try await ledger.rollUp()

            #expect(waiting == (0, true))
            #expect(strong.first == "issuance -1 (1)")
            #expect(try await ledger.rolledUp() == [-1_000_000, 0, 0, 0])
        }
    }

    @Test func `two that roll up at once count nothing twice`() async throws {
        try await withLedger { ledger in
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for _ in 0..<30 { _ = try await ledger.user() }
                }
                for _ in 0..<3 {
                    group.addTask {
                        for _ in 0..<40 { _ = try await ledger.service.rollUpHouse(limit: 2) }
                    }
                }
                try await group.waitForAll()
            }
            try await ledger.rollUp()

            #expect(try await ledger.rolledUp() == [-30_000_000, 0, 0, 0])
        }
    }

    @Test func `one that is killed in the middle leaves nothing half done`() async throws {
        try await withLedger { ledger in
            let gate = Gate()
            for _ in 0..<3 { _ = try await ledger.user() }
            // Whoever adds to the house's rows waits here, its cursor taken.
            let holder = Task {
                try await ledger.database.write { transaction in
                    try transaction.run("SELECT FROM house_rollup FOR UPDATE")
                    gate.pass()
                }
            }
            try await gate.isReached()
            // Rolls up again and again, until it is at the rows; the lock itself has a transaction number above the postings.
            let rolling = Task {
                while try await ledger.service.rollUpHouse().rows == 0 { await Task.yield() }
            }
            try await eventually("a waiting roll-up") {
                try await ledger.database.run(killWaiting) == 1
            }
            await #expect(throws: PostgresError.self) { try await rolling.value }
            let untouched = try await ledger.rolledUp()
            gate.open()
            try await holder.value
            try await ledger.rollUp()

            #expect(untouched == [0, 0, 0, 0])
            #expect(try await ledger.rolledUp() == [-3_000_000, 0, 0, 0])
        }
    }

    @Test func `sums larger than any account are exact and stop nothing`() async throws {
        try await withLedger { ledger in
            let users = try await ledger.users(3)
            for user in users { try await ledger.adjust(user, by: "9000000000000") }

            let before = try await ledger.house()
            try await ledger.rollUp()
            try await ledger.adjust(users[0], by: "-0.5")

            #expect(before[2] == "adjustment -27000000000000 (3)")
            #expect(try await ledger.house()[2] == "adjustment -26999999999999.5 (4)")
        }
    }

    @Test func `each kind of movement has its house account`() async throws {
        let houses: [EntryKind: House] = [
            .initial: .issuance, .usage: .revenue, .deduction: .revenue, .adjustment: .adjustment,
            .promotion: .promotion,
        ]
        try await withLedger { ledger in
            for kind in EntryKind.allCases {
                let house = try await ledger.database.first(readHouse, [.int(Int64(kind.rawValue))]) { row in
                    try row.optionalInt(0)
                }
                #expect(house == .some(houses[kind].map { Int64($0.rawValue) }), "\(kind)")
            }
        }
    }
}

extension Ledger {
    /// Rolls up until nothing is left. Transactions of other tests on the same server may be in the way for a moment.
    func rollUp() async throws {
        try await eventually("a whole roll-up") {
            while try await !self.service.rollUpHouse(limit: 2).isDone {}
            return try await self.database.first(isRolledUp) { row in try row.bool(0) } == true
        }
    }

    /// What the query answers, each as its name, balance and movements.
    fileprivate func house() async throws -> [String] {
        try await self.queries.getHouseAccounts(.init(), CallOptions(as: self.administrator)).accounts.map {
            "\($0.house) \($0.balance) (\($0.movements))"
        }
    }

    /// What is rolled up, in micro-credits.
    fileprivate func rolledUp() async throws -> [Int64] {
        try await self.database.rows("SELECT balance::bigint FROM house_rollup ORDER BY house") { row in try row.int(0)
        }
    }
}

private let noteElsewhere = Statement(
    """
    INSERT INTO journal (stream, stream_version, kind, payload, payload_sha256)
    SELECT 'elsewhere', count(*) + 1, 'test.done', '', sha256('') FROM journal WHERE stream = 'elsewhere'
    """
)

private let isRolledUp = Statement(
    """
    SELECT NOT EXISTS (
        SELECT FROM journal j JOIN projection_cursor c ON c.name = 'house' AND (j.xid, j.seq) > (c.xid, c.seq)
    )
    """
)

private let killWaiting = Statement(
    """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%house_rollup%'
    """
)

private let readHouse = Statement("SELECT ledger_house($1::smallint)")
