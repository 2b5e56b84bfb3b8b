package import Logging

/// Brings a schema up to date, one transaction per step; several programs may do so at the same time.
package enum Migrator {
    /// Applies the steps that the database does not hold yet, in the order of the list.
    ///
    /// - Parameters:
    ///   - migrations: every step this program knows.
    ///   - connection: a libpq connection string of a role that may create tables.
    ///   - afterwards: SQL to run after the steps, each time, also when none was due; it must bear to be repeated.
    ///   - logger: told of each step.
    /// - Returns: the steps applied now.
    /// - Throws: `MigrationError`, or `PostgresError` if the database cannot be reached.
    package static func apply(
        _ migrations: [Migration],
        to connection: String,
        afterwards: String? = nil,
        logger: Logger
    ) async throws -> [Migration] {
        try self.refuseDuplicates(in: migrations)
        let database = Database(self.configuration(for: connection), logger: logger)
        do {
            let applied = try await self.apply(migrations, on: database, logger: logger)
            if let afterwards { try await database.write { try $0.finish(afterwards) } }
            await database.close()
            return applied
        } catch {
            await database.close()
            throw error
        }
    }

    private static func apply(
        _ migrations: [Migration],
        on database: Database,
        logger: Logger
    ) async throws -> [Migration] {
        let pending = try await database.write { transaction in
            try transaction.lockSchema()
            try transaction.run(createTable)
            return try transaction.pending(of: migrations)
        }
        var applied: [Migration] = []
        for migration in pending {
            let isNew = try await database.write { try $0.apply(migration) }
            guard isNew else { continue }  // another program was faster
            logger.info("applied migration", metadata: ["file": "\(migration.file)"])
            applied.append(migration)
        }
        return applied
    }

    private static func refuseDuplicates(in migrations: [Migration]) throws(MigrationError) {
        var seen: Set<String> = []
        for migration in migrations where !seen.insert("\(migration.context)/\(migration.number)").inserted {
            throw MigrationError.duplicate(file: migration.file)
        }
    }

    /// A step may rewrite a large table, and may wait for another program's.
    private static func configuration(for connection: String) -> DatabaseConfiguration {
        var configuration = DatabaseConfiguration(connection: connection)
        configuration.pipelined = 1
        configuration.transactional = 1
        configuration.statementTimeout = .seconds(3600)
        configuration.lockTimeout = .seconds(600)
        return configuration
    }
}

private let createTable: Statement = """
    CREATE TABLE IF NOT EXISTS schema_migration (
        context text NOT NULL,
        number bigint NOT NULL,
        name text NOT NULL,
        sha256 bytea NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (context, number)
    )
    """
