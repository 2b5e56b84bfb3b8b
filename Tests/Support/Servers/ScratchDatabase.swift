import Foundation
import Logging
package import Postgres

/// Runs `body` on a database of its own, copied from a template that is migrated once for each list of migrations, and
/// drops it afterwards.
///
/// - Parameters:
///   - migrations: what the database holds, in order; nothing if empty.
///   - configure: changes limits of the `Database` that `body` gets.
///   - body: gets the libpq connection string of the database, and a `Database` on it that is closed afterwards.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws, or why there is no database.
@discardableResult
package func withScratchDatabase<Value>(
    migrations: [Migration] = [],
    configure: (inout DatabaseConfiguration) -> Void = { _ in },
    _ body: (_ connection: String, _ database: Database) async throws -> Value
) async throws -> Value {
    let name = try await ScratchDatabases.shared.create(migrations)
    let connection = try await PostgresServer.shared().connectionString(database: name)
    var configuration = DatabaseConfiguration(connection: connection)
    // A disk that stalls for seconds fails only tests that set a limit themselves.
    configuration.acquireTimeout = .seconds(60)
    configuration.lockTimeout = .seconds(60)
    configuration.statementTimeout = .seconds(60)
    configure(&configuration)
    let database = Database(configuration, logger: Logger(label: "test"))
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(connection, database))
    } catch {
        result = .failure(error)
    }
    await database.close()
    try await ScratchDatabases.shared.drop(name)
    return try result.get()
}

/// The databases of the shared server: one template for each list of migrations, and copies of them.
private actor ScratchDatabases {
    static let shared = ScratchDatabases()

    private var templates: [[Migration]: Task<String, any Error>] = [:]
    private var count = 0
    private var owner: Task<Database, any Error>?

    func create(_ migrations: [Migration]) async throws -> String {
        let template = try await self.template(for: migrations)
        let name = self.nextName("scratch")
        try await self.database().run(Statement("CREATE DATABASE \(name) TEMPLATE \(template)"))
        return name
    }

    func drop(_ name: String) async throws {
        try await self.database().run(Statement("DROP DATABASE \(name) WITH (FORCE)"))
    }

    private func template(for migrations: [Migration]) async throws -> String {
        guard !migrations.isEmpty else { return "template0" }
        if let template = self.templates[migrations] { return try await template.value }
        let name = self.nextName("template")
        let task = Task {
            try await self.database().run(Statement("CREATE DATABASE \(name)"))
            let connection = try await PostgresServer.shared().connectionString(database: name)
            _ = try await Migrator.apply(migrations, to: connection, logger: Logger(label: "test"))
            return name
        }
        self.templates[migrations] = task
        return try await task.value
    }

    /// Names are made here only, never of anything a test says.
    private func nextName(_ kind: String) -> String {
        self.count += 1
        return "\(kind)_\(self.count)"
    }

    private func database() async throws -> Database {
        if let owner = self.owner { return try await owner.value }
        let task = Task {
            var configuration = DatabaseConfiguration(connection: try await PostgresServer.shared().connectionString())
            configuration.statementTimeout = .seconds(120)
            configuration.acquireTimeout = .seconds(120)
            return Database(configuration, logger: Logger(label: "test"))
        }
        self.owner = task
        return try await task.value
    }
}
