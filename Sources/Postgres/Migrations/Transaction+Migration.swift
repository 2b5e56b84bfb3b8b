extension Transaction {
    /// Lets one program at a time look at and change the schema, until the transaction ends.
    func lockSchema() throws {
        try self.run("SELECT pg_advisory_xact_lock(7305808869231650146)")
    }

    /// Those of the steps that are not applied yet.
    func pending(of migrations: [Migration]) throws -> [Migration] {
        let applied = try self.applied(knowing: migrations)
        return try migrations.filter { migration in
            let numbers = applied[migration.context] ?? []
            if numbers.contains(migration.number) { return false }
            guard numbers.allSatisfy({ $0 < migration.number }) else {
                throw MigrationError.outOfOrder(file: migration.file)
            }
            return true
        }
    }

    /// Applies and records one step.
    ///
    /// - Returns: false if it was applied meanwhile.
    func apply(_ migration: Migration) throws -> Bool {
        try self.lockSchema()
        guard try self.applied(knowing: [migration], ignoringUnknown: true)[migration.context] == nil else {
            return false
        }
        do {
            try self.script(migration.sql)
        } catch let error as PostgresError {
            throw MigrationError.failed(file: migration.file, error)
        }
        try self.run(
            record,
            [.text(migration.context), .int(Int64(migration.number)), .text(migration.name), .text(migration.sql)]
        )
        return true
    }

    /// Runs what comes after the steps.
    func finish(_ sql: String) throws {
        try self.lockSchema()
        do {
            try self.script(sql)
        } catch let error as PostgresError {
            throw MigrationError.unfinished(error)
        }
    }

    /// The numbers applied per context, after comparing what was applied with the files.
    private func applied(
        knowing migrations: [Migration],
        ignoringUnknown: Bool = false
    ) throws -> [String: Set<Int>] {
        let parameters: [Parameter] = [
            .texts(migrations.map(\.context)), .ints(migrations.map { Int64($0.number) }),
            .texts(migrations.map(\.sql)),
        ]
        var applied: [String: Set<Int>] = [:]
        let rows = try self.rows(compare, parameters) { row in
            (
                context: try row.text(0), number: Int(try row.int(1)), name: try row.text(2),
                isSame: try row.optionalBool(3)
            )
        }
        for row in rows {
            let file = Migration.file(row.context, row.number, row.name)
            guard let isSame = row.isSame else {
                if ignoringUnknown { continue }
                throw MigrationError.unknown(file: file)
            }
            guard isSame else { throw MigrationError.changed(file: file) }
            applied[row.context, default: []].insert(row.number)
        }
        return applied
    }
}

private let compare: Statement = """
    SELECT applied.context, applied.number, applied.name, applied.sha256 = sha256(convert_to(known.sql, 'UTF8'))
    FROM schema_migration AS applied
    LEFT JOIN unnest($1::text[], $2::bigint[], $3::text[]) AS known (context, number, sql) USING (context, number)
    ORDER BY applied.context, applied.number
    """

private let record: Statement = """
    INSERT INTO schema_migration (context, number, name, sha256) VALUES ($1, $2, $3, sha256(convert_to($4, 'UTF8')))
    """
