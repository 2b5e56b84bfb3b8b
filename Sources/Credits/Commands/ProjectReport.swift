import Kernel
import Postgres

extension CreditsService {
    /// How a step of the report's projection went.
    package enum ReportStep: Sendable, Equatable {
        /// There may be more to take up at once.
        case more
        /// All that can be taken up now is.
        case done
        /// Another daemon is at it.
        case busy
    }

    /// Takes the next postings of the journal into the read models of the report, in one transaction: each is counted once,
    /// whatever is killed and however many daemons do so.
    ///
    /// - Parameter limit: Most rows of the journal to take.
    /// - Returns: Whether to go on.
    /// - Throws: `JournalError` after a move to another server; what the database throws. Then nothing has changed.
    package func projectReport(limit: Int = reportBatch) async throws -> ReportStep {
        try await self.database.write { transaction in
            let isOurs = try transaction.first(tryLease) { row in try row.bool(0) } ?? false
            return isOurs ? try transaction.projectReport(limit: limit) : .busy
        }
    }

    /// Empties the read models of the report and fills them again from the journal. Until it is done the report says that it
    /// is not complete. If it breaks off, whoever projects next goes on.
    ///
    /// - Throws: `JournalError` after a move to another server, and then nothing has changed; what the database throws.
    package func rebuildReport() async throws {
        try await self.database.write { transaction in
            try transaction.run(lease)
            try transaction.run("UPDATE projection_cursor SET xid = '0', seq = -1 WHERE name = 'report'")
            try transaction.run("UPDATE report_progress SET as_of = NULL")
            _ = try transaction.isStale()
        }
        var step = ReportStep.more
        while step == .more {
            try Task.checkCancellation()
            step = try await self.database.write { transaction in
                try transaction.run(lease)
                return try transaction.projectReport(limit: reportBatch)
            }
        }
    }
}

extension Transaction {
    /// Holds the lease already, taken by a statement before: this one sees what the last holder has committed.
    fileprivate borrowing func projectReport(limit: Int) throws -> CreditsService.ReportStep {
        if try self.isStale() {
            try self.deleteStale()
            return .more
        }
        let taken = try self.first(takeUp, [.int(Int64(limit))]) { row in try row.int(0) } ?? 0
        return taken < limit ? .done : .more
    }

    /// Whether what is there belongs to a report that is being built anew, and must go first.
    ///
    /// - Throws: `JournalError` when what is written now would be passed over.
    fileprivate borrowing func isStale() throws -> Bool {
        let cursor = try self.first(readCursor) { row in (isAhead: try row.bool(0), isStale: try row.bool(1)) }
        guard cursor?.isAhead != true else { throw JournalError.transactionsBehind }
        return cursor?.isStale ?? false
    }

    /// Deletes some rows, and begins anew once there are none; the daemon's role may not truncate.
    private borrowing func deleteStale() throws {
        var deleted = 0
        for delete in deletes { deleted += try self.run(delete) }
        if deleted == 0 { try self.run("UPDATE projection_cursor SET seq = 0 WHERE name = 'report'") }
    }
}

/// A posting has about a thousand entries at most, and each may cost a read from the disk: so many take a few seconds at
/// worst, well below the time that a statement gets.
package let reportBatch = 32

// The key is `report` in bytes.
private let lease: Statement = "SELECT pg_advisory_xact_lock(125780003615348)"
private let tryLease: Statement = "SELECT pg_try_advisory_xact_lock(125780003615348)"

// Transactions of the journal whose numbers are still to come are ahead: `as_of` would be wrong about them. Below 0 is what a
// rebuild has not emptied yet.
private let readCursor: Statement = """
    SELECT greatest(c.xid, (SELECT xid FROM journal ORDER BY xid DESC LIMIT 1))
            >= pg_snapshot_xmax(pg_current_snapshot()),
        c.seq < 0
    FROM projection_cursor c WHERE c.name = 'report'
    """

// So many rows are well within the time that a statement gets.
private let deletes = ["report_day", "report_total", "report_account"].map { table in
    Statement("DELETE FROM \(table) WHERE ctid = ANY (ARRAY(SELECT ctid FROM \(table) LIMIT 100000))")
}

/// One statement, so all of it sees the same snapshot, which is younger than `now()`. Rows of the journal whose transaction
/// is not older than every open one wait: below them, one that is still open might commit.
private let takeUp: Statement = """
    WITH batch AS MATERIALIZED (
        SELECT j.xid, j.seq, j.kind
        FROM projection_cursor c
        CROSS JOIN LATERAL (
            SELECT xid, seq, kind FROM journal
            WHERE (xid, seq) > (c.xid, c.seq) AND xid < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY xid, seq LIMIT $1::bigint
        ) j
        WHERE c.name = 'report'
    ), moved AS MATERIALIZED (
        SELECT (e.at AT TIME ZONE 'UTC')::date AS day, e.account, coalesce(e.service, '') AS service,
            coalesce(e.model, '') AS model, e.kind, count(*) AS movements,
            coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0) AS amount_in,
            -coalesce(sum(e.amount) FILTER (WHERE e.amount < 0), 0) AS amount_out
        FROM batch b JOIN entry e ON e.posting = b.seq AND e.amount <> 0
        WHERE b.kind = 'credits.posted'
        GROUP BY 1, 2, 3, 4, 5
    ), days AS (
        INSERT INTO report_day AS r (day, account, service, model, kind, movements, amount_in, amount_out)
        SELECT day, account, service, model, kind, movements, amount_in, amount_out FROM moved
        ON CONFLICT (day, account, service, model, kind) DO UPDATE SET movements = r.movements + excluded.movements,
            amount_in = r.amount_in + excluded.amount_in, amount_out = r.amount_out + excluded.amount_out
    ), totals AS (
        INSERT INTO report_total AS r (day, service, model, kind, movements, amount_in, amount_out)
        SELECT day, service, model, kind, sum(movements), sum(amount_in), sum(amount_out) FROM moved GROUP BY 1, 2, 3, 4
        ON CONFLICT (day, service, model, kind) DO UPDATE SET movements = r.movements + excluded.movements,
            amount_in = r.amount_in + excluded.amount_in, amount_out = r.amount_out + excluded.amount_out
    ), accounts AS (
        INSERT INTO report_account AS r (account, service, model, kind, movements, amount_in, amount_out)
        SELECT account, service, model, kind, sum(movements), sum(amount_in), sum(amount_out) FROM moved GROUP BY 1, 2, 3, 4
        ON CONFLICT (account, service, model, kind) DO UPDATE SET movements = r.movements + excluded.movements,
            amount_in = r.amount_in + excluded.amount_in, amount_out = r.amount_out + excluded.amount_out
    ), cursor AS (
        UPDATE projection_cursor c SET xid = last.xid, seq = last.seq
        FROM (SELECT xid, seq FROM batch ORDER BY xid DESC, seq DESC LIMIT 1) last
        WHERE c.name = 'report'
    ), seen AS (
        SELECT pg_snapshot_xmin(pg_current_snapshot()) AS oldest, pg_snapshot_xmax(pg_current_snapshot()) AS next,
            now() AS began, (SELECT count(*) FROM batch) AS taken
    ), progress AS (
        UPDATE report_progress p SET
            as_of = CASE WHEN seen.oldest >= seen.next THEN seen.began WHEN p.next_xid <= seen.oldest THEN p.next_as_of
                ELSE p.as_of END,
            next_as_of = CASE WHEN p.next_xid <= seen.oldest THEN seen.began ELSE p.next_as_of END,
            next_xid = CASE WHEN p.next_xid <= seen.oldest THEN seen.next ELSE p.next_xid END
        FROM seen WHERE seen.taken < $1::bigint
    )
    SELECT taken FROM seen
    """
