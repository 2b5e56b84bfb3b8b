import Foundation
import Kernel
import Postgres

extension CreditsService {
    /// Frees what overdue holds still reserve. It decides nothing: a hold is over once its time has run out, swept or not.
    ///
    /// - Parameter limit: Most holds to end in one go.
    /// - Returns: How many were ended.
    /// - Throws: What the database throws; the next sweep goes on from there.
    package func expireHolds(limit: Int = 100) async throws -> Int {
        let overdue = try await self.database.rows(overdueHolds, [.int(Int64(limit))]) { row in try row.uuid(0) }
        var ended = 0
        for id in overdue {
            ended += try await self.database.write { transaction in
                var (account, hold) = try transaction.lockHold(id)
                guard hold.phase == .open, hold.isOverdue else { return 0 }
                try transaction.end(&hold, as: .expired, on: &account, actor: nil)
                return 1
            }
        }
        return ended
    }
}

private let overdueHolds = Statement(
    "SELECT id FROM hold WHERE state = 0 AND expires_at <= clock_timestamp() ORDER BY expires_at LIMIT $1::bigint"
)
