import Credits
import Foundation
import Kernel
import Postgres
import Support
import Testing

/// What the database itself sees to when a posting is written.
@Suite struct PostingTests {
    @Test(arguments: [
        "UPDATE entry SET balance_after = -1 WHERE kind = 5", "UPDATE entry SET balance_after = 0 WHERE kind = 6",
        "UPDATE entry SET balance_after = -1, amount = -1 WHERE kind = 3",
        "UPDATE entry SET held_after = -1 WHERE kind = 8", "UPDATE entry SET amount = 1 WHERE kind = 6",
    ])
    func `no entry takes what is not there, whoever writes it`(sql: String) async throws {
        try await withLedger { ledger in
            try await ledger.fillWithAllKinds()

            let error = await #expect(throws: PostgresError.self) { try await ledger.tamper(sql) }

            #expect(error?.sqlState == "23514" && error?.constraint == "entry_covered")
        }
    }

    @Test func `a settlement beyond its hold and what gives back may leave less than nothing`() async throws {
        try await withLedger { ledger in
            try await ledger.fillWithAllKinds()

            await #expect(throws: CancellationError.self) {
                try await ledger.database.write { transaction in
                    try transaction.run("SET LOCAL session_replication_role = replica")
                    for kind in [1, 2, 4, 7, 8, 9, 10] {
                        try transaction.run(Statement("UPDATE entry SET balance_after = -1 WHERE kind = \(kind)"))
                    }
                    #expect(try transaction.first(countBelow) { row in try row.int(0) } == 7)
                    // It was not so.
                    throw CancellationError()
                }
            }
        }
    }

    @Test func `every hold is listed once, under when it ends, however its posting mixes lifetimes`() async throws {
        try await withEngines { engines in
            let users = try await engines.users(40)
            let answers = try await engines.whileLanesAreTaken {
                users.enumerated().map { index, user in
                    Task { try await engines[0].post(.hold(of: user, 1, lifetime: 600 + 60 * Int64(index % 3))) }
                }
            }
            for answer in answers { _ = try await answer.value }

            let mixed = try await engines.number(
                "SELECT count(*) FROM (SELECT FROM hold_due GROUP BY posting HAVING count(*) = 3) mixed"
            )
            let listed = try await engines.number(
                """
                SELECT count(*) FROM hold_due d, unnest(d.accounts, d.holds) h (account, id)
                JOIN entry e USING (id, account) WHERE e.expires_at = d.due AND e.posting = d.posting
                """
            )
            #expect(mixed > 0)
            #expect(listed == 40)
            #expect(try await engines.number("SELECT sum(cardinality(holds)) FROM hold_due") == 40)
        }
    }
}

private let countBelow = Statement("SELECT count(DISTINCT kind) FROM entry WHERE balance_after < 0")
