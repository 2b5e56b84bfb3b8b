import Postgres

extension CreditsService {
    /// Deletes bulk files that nobody has used for a day.
    ///
    /// - Parameter limit: Most files of one go.
    /// - Returns: Whether that is all for now.
    /// - Throws: What the database throws.
    package func deleteOldFiles(limit: Int = 16) async throws -> Bool {
        try await self.database.run(deleteOld, [.int(Int64(limit))]) < limit
    }
}

private let deleteOld = Statement(
    """
    DELETE FROM bulk_file WHERE (owner, name) IN (
        SELECT owner, name FROM bulk_file WHERE at < clock_timestamp() - interval '1 day'
        LIMIT $1::bigint FOR UPDATE SKIP LOCKED
    )
    """
)
