package import Postgres

extension JournalChain {
    /// Adds committed rows to the chain, oldest transaction first. A row waits while a transaction is open that began to
    /// write before its own: a commit of that one could not take its place in front any more.
    ///
    /// - Parameters:
    ///   - database: Where the journal is.
    ///   - limit: Most rows of one go.
    /// - Returns: How many were sealed, and whether that is all for now; another daemon may be at it.
    /// - Throws: `JournalError` after a move to another server; what the database throws.
    package static func seal(in database: Database, limit: Int = 1000) async throws -> (sealed: Int, isDone: Bool) {
        try await database.write { transaction in
            guard try transaction.first(tryLock, [], { row in try row.bool(0) }) == true else { return (0, true) }
            // From here on each statement sees what the sealer before has committed.
            let last = try transaction.first(readLast) { row in
                (n: try row.int(0), hash: try row.bytes(1), isAhead: try row.bool(2))
            }
            guard last?.isAhead != true else { throw JournalError.transactionsBehind }
            let rows = try transaction.rows(readUnsealed, [.int(Int64(limit))]) { row in try JournalRow(row) }
            guard !rows.isEmpty else { return (0, true) }
            try transaction.run(insertLinks, self.links(of: rows, after: last?.n ?? 0, last?.hash ?? self.root))
            return (rows.count, rows.count < limit)
        }
    }

    /// The columns of new links.
    private static func links(of rows: [JournalRow], after number: Int64, _ hash: [UInt8]) -> [Parameter] {
        var hash = hash
        var (previous, hashes) = (BinaryArray(of: .bytes), BinaryArray(of: .bytes))
        for row in rows {
            previous.append(bytes: hash)
            hash = self.hash(of: row, after: hash)
            hashes.append(bytes: hash)
        }
        let numbers = (1...Int64(rows.count)).map { number + $0 }
        return [.ints(numbers), .ints(rows.map(\.seq)), .array(previous), .array(hashes)]
    }
}

/// One sealer at a time, over all daemons.
private let tryLock = Statement("SELECT pg_try_advisory_xact_lock(1667787118)")

private let readLast = Statement(
    """
    SELECT c.n, c.hash, coalesce(j.xid >= pg_snapshot_xmax(pg_current_snapshot()), false)
    FROM journal_chain c LEFT JOIN journal j USING (seq) ORDER BY c.n DESC LIMIT 1
    """
)

private let readUnsealed = Statement(
    """
    WITH last AS MATERIALIZED (
        SELECT j.xid, j.seq FROM journal_chain c JOIN journal j USING (seq) ORDER BY c.n DESC LIMIT 1
    )
    SELECT \(JournalRow.columns) FROM journal j
    WHERE (j.xid, j.seq) > (coalesce((SELECT xid FROM last), '0'::xid8), coalesce((SELECT seq FROM last), 0))
        AND j.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY j.xid, j.seq LIMIT $1::bigint
    """
)

private let insertLinks = Statement(
    """
    INSERT INTO journal_chain (n, seq, prev, hash)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[])
    """
)
