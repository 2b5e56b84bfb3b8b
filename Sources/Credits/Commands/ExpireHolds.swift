import Foundation
import Kernel
import Postgres
import RPC

extension CreditsService {
    /// Frees what overdue holds still reserve. It decides nothing: a hold is over once its time has run out, swept or not.
    ///
    /// - Parameter limit: Most postings whose holds are looked at in one go.
    /// - Returns: How many holds were ended, and whether there may be more.
    /// - Throws: What the database throws; the next sweep goes on from there.
    package func expireHolds(limit: Int = 20) async throws -> (ended: Int, isDone: Bool) {
        let due = try await self.database.rows(readDue, [.int(Int64(limit))], DueHolds.init)
        var ended = 0
        for batch in due {
            ended += try await self.expire(batch.overdue)
            // Holds that were extended since are listed again for their later time.
            try await self.database.run(deleteDue, [.int(batch.due.microseconds), .int(batch.posting)])
        }
        return (ended, due.count < limit)
    }

    private func expire(_ holds: [(account: UUID, hold: UUID)]) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for (account, hold) in holds {
                group.addTask {
                    do {
                        _ = try await self.ledger.post(.expiry(of: hold, on: account))
                        return 1
                    } catch let refusal as Status where refusal.code != .resourceExhausted {
                        // It has ended or was extended.
                        return 0
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }
}

/// Holds that were to expire at the same time.
private struct DueHolds: Sendable {
    let due: LedgerTime
    let posting: Int64
    /// Those that are still open and whose time has run out.
    let overdue: [(account: UUID, hold: UUID)]

    init(_ row: borrowing Row) throws {
        self.due = LedgerTime(microseconds: try row.int(0))
        self.posting = try row.int(1)
        self.overdue = Array(zip(try row.uuids(2), try row.uuids(3)))
    }
}

private let readDue = Statement(
    """
    SELECT ledger_micros(due), posting, coalesce(array_agg(open.account) FILTER (WHERE open.hold IS NOT NULL), '{}'),
        coalesce(array_agg(open.hold) FILTER (WHERE open.hold IS NOT NULL), '{}')
    FROM (SELECT * FROM hold_due WHERE due <= ledger_clock() ORDER BY due, posting LIMIT $1::bigint) listed
    LEFT JOIN LATERAL (
        SELECT h.account, h.hold FROM unnest(listed.accounts, listed.holds) h (account, hold)
        WHERE NOT EXISTS (SELECT FROM entry e WHERE e.hold = h.hold AND e.step = 0)
    ) open ON true
    GROUP BY due, posting ORDER BY due, posting
    """
)

private let deleteDue = Statement(
    "DELETE FROM hold_due WHERE due = ledger_time($1::bigint) AND posting = $2::bigint"
)
