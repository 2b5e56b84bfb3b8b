import Postgres

extension Ledger {
    /// Changes what nobody may change, as the owner of the server could: no trigger, no foreign key, and none of the named
    /// indexes and constraints stands in the way.
    func tamper(_ sql: String, without obstacles: [String] = []) async throws {
        try await self.database.write { transaction in
            for obstacle in obstacles { try transaction.run(Statement(obstacle)) }
            try transaction.run("SET LOCAL session_replication_role = replica")
            try transaction.run(Statement(sql))
        }
    }
}
