import Kernel
import Postgres

extension CreditsService {
    /// Adds what the house has gained by the next rows of the journal to its accounts. Each row counts once, whatever is
    /// killed and whenever: balances and cursor change together.
    ///
    /// - Parameter limit: Most rows of the journal that are looked at in one go.
    /// - Returns: How many there were, and whether that is all for now; another daemon may be at it.
    /// - Throws: `JournalError` after a move to another server; what the database throws.
    package func rollUpHouse(limit: Int = rollUpBatch) async throws -> (rows: Int, isDone: Bool) {
        try await self.database.write { transaction in
            guard let isAhead = try transaction.first(takeCursor, [], { row in try row.bool(0) }) else {
                return (0, true)
            }
            guard !isAhead else { throw JournalError.transactionsBehind }
            // A statement of its own: it sees what the holder of the cursor before has committed.
            let rows = Int(try transaction.first(rollUp, [.int(Int64(limit))]) { row in try row.int(0) } ?? 0)
            return (rows, rows < limit)
        }
    }
}

/// A posting has about a thousand entries at most; so many are added up within a second.
package let rollUpBatch = 100

/// One daemon at a time; the others do not wait.
private let takeCursor = Statement(
    """
    SELECT xid >= pg_snapshot_xmax(pg_current_snapshot()) FROM projection_cursor WHERE name = 'house'
    FOR UPDATE SKIP LOCKED
    """
)

// Rows of other kinds are passed over but counted, so that the cursor gets past them.
private let rollUp = Statement(
    """
    WITH batch AS MATERIALIZED (
        SELECT xid, seq, kind FROM journal
        WHERE (xid, seq) > (
                (SELECT xid FROM projection_cursor WHERE name = 'house'),
                (SELECT seq FROM projection_cursor WHERE name = 'house')
            )
            AND xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY xid, seq LIMIT $1::bigint
    ), added AS (
        INSERT INTO house_rollup AS r (house, balance, entries)
        SELECT ledger_house(e.kind), -sum(e.amount), count(*)
        FROM batch b JOIN entry e ON e.posting = b.seq AND e.amount <> 0
        WHERE b.kind = 'credits.posted'
        GROUP BY 1
        ON CONFLICT (house) DO UPDATE
        SET balance = r.balance + excluded.balance, entries = r.entries + excluded.entries
    ), moved AS (
        UPDATE projection_cursor c SET xid = last.xid, seq = last.seq
        FROM (SELECT xid, seq FROM batch ORDER BY xid DESC, seq DESC LIMIT 1) last
        WHERE c.name = 'house'
    )
    SELECT count(*) FROM batch
    """
)
