import Foundation
import Kernel
import Postgres
import RPC

extension CreditsService {
    /// What came of a sweep.
    package struct HoldSweep: Sendable {
        /// How many holds were ended.
        package fileprivate(set) var ended = 0
        /// Why others were not; a minute later they are tried again.
        package fileprivate(set) var failures: [any Error] = []
        /// Whether that is all for now.
        package let isDone: Bool
    }

    /// Frees what overdue holds still reserve. It decides nothing: a hold is over once its time has run out, swept or not.
    /// Any number of daemons may do so, each has other postings for a minute. Those that fail keep nobody from the next.
    ///
    /// - Parameter limit: Most postings whose holds are looked at in one go.
    /// - Returns: What came of them.
    /// - Throws: What the database throws, `CancellationError`; the next sweep goes on from there.
    package func expireHolds(limit: Int = 20) async throws -> HoldSweep {
        let due = try await self.database.rows(leaseDue, [.int(Int64(limit))], DueHolds.init)
        var sweep = HoldSweep(isDone: due.count < limit)
        for batch in due {
            let (ended, failures) = await self.expire(batch.overdue)
            sweep.ended += ended
            sweep.failures += failures
            guard failures.isEmpty else {
                try Task.checkCancellation()  // then they failed for that
                continue
            }
            // Holds that were extended since are listed again for their later time.
            try await self.database.run(deleteDue, [.int(batch.due.microseconds), .int(batch.posting)])
        }
        return sweep
    }

    private func expire(_ holds: [(account: UUID, hold: UUID)]) async -> (ended: Int, failures: [any Error]) {
        await withTaskGroup(of: Result<Int, any Error>.self) { group in
            for (account, hold) in holds {
                group.addTask {
                    do {
                        _ = try await self.ledger.post(.expiry(of: hold, on: account))
                        return .success(1)
                    } catch let refusal as Status where refusal.code != .resourceExhausted {
                        // It has ended or was extended.
                        return .success(0)
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: (0, [])) { sum, result in
                switch result {
                case .success(let ended): sum.0 += ended
                case .failure(let error): sum.1.append(error)
                }
            }
        }
    }
}

/// Holds that were to expire at the same time.
private struct DueHolds: Sendable {
    let due: LedgerTime
    let posting: Int64
    /// Those that are still open. The time of those that were extended has not run out.
    let overdue: [(account: UUID, hold: UUID)]

    init(_ row: borrowing Row) throws {
        self.due = LedgerTime(microseconds: try row.int(0))
        self.posting = try row.int(1)
        self.overdue = Array(zip(try row.uuids(2), try row.uuids(3)))
    }
}

// The clock is read once, or all that is listed for later would be looked at too.
private let leaseDue = Statement(
    """
    WITH leased AS (
        UPDATE hold_due d SET leased_until = ledger_clock() + interval '1 minute'
        FROM (
            SELECT due, posting FROM hold_due
            WHERE due <= (SELECT ledger_clock()) AND coalesce(leased_until, due) <= (SELECT ledger_clock())
            ORDER BY due, posting LIMIT $1::bigint FOR UPDATE SKIP LOCKED
        ) next
        WHERE d.due = next.due AND d.posting = next.posting
        RETURNING d.*
    )
    SELECT ledger_micros(due), posting, coalesce(array_agg(open.account) FILTER (WHERE open.hold IS NOT NULL), '{}'),
        coalesce(array_agg(open.hold) FILTER (WHERE open.hold IS NOT NULL), '{}')
    FROM leased LEFT JOIN LATERAL (
        SELECT h.account, h.hold FROM unnest(leased.accounts, leased.holds) h (account, hold)
        WHERE NOT EXISTS (SELECT FROM entry e WHERE e.hold = h.hold AND e.step = 0)
    ) open ON true
    GROUP BY due, posting ORDER BY due, posting
    """
)

private let deleteDue = Statement(
    "DELETE FROM hold_due WHERE due = ledger_time($1::bigint) AND posting = $2::bigint"
)
