import Foundation
import Kernel
import Postgres
import Support
import Testing

/// A journal on a database of its own.
struct ChainedJournal: Sendable {
    let database: Database

    /// Writes rows, each in a transaction of its own.
    func append(_ count: Int, to stream: String = "test") async throws {
        for _ in 0..<count { try await self.database.run(appendRow, [.text(stream)]) }
    }

    /// Seals until nothing is left. Transactions of other tests on the same server may be in the way for a moment.
    func seal() async throws {
        try await eventually("a whole chain") {
            while try await !JournalChain.seal(in: self.database, limit: 3).isDone {}
            return try await self.unsealed() == 0
        }
    }

    func unsealed() async throws -> Int64 {
        let count = try await self.database.first(
            "SELECT (SELECT count(*) FROM journal) - (SELECT count(*) FROM journal_chain)"
        ) { row in try row.int(0) }
        return try #require(count)
    }

    /// Checks by small pages, so that their seams are checked too.
    func verify(from pin: JournalChain.Pin? = nil) async throws -> JournalChain.Verification {
        try await self.database.write { transaction in
            try transaction.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return try JournalChain.verify(in: transaction, from: pin, pageSize: 4)
        }
    }

    /// Changes what nobody may change, as a superuser can.
    func tamper(_ statements: [String]) async throws {
        try await self.database.write { transaction in
            try transaction.run("SET LOCAL session_replication_role = replica")
            for sql in statements { try transaction.run(Statement(sql)) }
        }
    }
}

/// Runs a test on an empty journal.
func withJournal(_ body: (ChainedJournal) async throws -> Void) async throws {
    try await withScratchDatabase(migrations: KernelMigrations.all) { _, database in
        try await body(ChainedJournal(database: database))
    }
}

let appendRow = Statement(
    """
    INSERT INTO journal (stream, stream_version, kind, actor, request_id, payload, payload_sha256)
    SELECT $1, next, 'test.done', CASE WHEN next % 2 = 0 THEN gen_random_uuid() END,
        CASE WHEN next % 3 = 0 THEN 'request ' || next END, 'facts', sha256('facts')
    FROM (SELECT coalesce(max(stream_version), 0) + 1 AS next FROM journal WHERE stream = $1) last
    """
)
