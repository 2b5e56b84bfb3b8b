import Credits
import Foundation
import Kernel
import Logging
import Postgres
import Support
import Testing

/// Two engines on one database, as two processes would have them.
struct Engines: Sendable {
    let database: Database
    fileprivate let engines: [LedgerEngine]

    subscript(number: Int) -> LedgerEngine { self.engines[number] }

    /// Opens accounts that own one credit each.
    func users(_ count: Int) async throws -> [UUID] {
        let users = (0..<count).map { _ in UUID.v7() }
        try await self.database.write { transaction in
            for user in users { try CreditsService.openAccount(transaction, for: user) }
        }
        return users
    }

    func number(_ query: String) async throws -> Int {
        try await self.database.first(Statement(query)) { row in Int(try row.int(0)) } ?? 0
    }

    /// Keeps every lane for itself until `body` has returned and something waits for a lane, so that commands gather.
    func whileLanesAreTaken<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value
    {
        let gate = Gate()
        let holder = Task {
            try await self.database.write { transaction in
                try transaction.run("SELECT pg_advisory_xact_lock(1817403237, lane) FROM generate_series(0, 63) lane")
                gate.pass()
            }
        }
        try await gate.isReached()
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try await eventually("a posting that waits for its lane") {
            try await self.number(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ) > 0
        }
        gate.open()
        try await holder.value
        return try result.get()
    }
}

/// Runs a test on two engines and checks the invariants after it.
func withEngines(
    server: PostgresServer? = nil,
    configure: (inout LedgerEngine.Configuration) -> Void = { _ in },
    _ body: (Engines) async throws -> Void
) async throws {
    var configuration = LedgerEngine.Configuration()
    configure(&configuration)
    let migrations = KernelMigrations.all + CreditsMigrations.all
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    func run(_ connection: String, _ database: Database) async throws {
        let settings = DatabaseConfiguration(connection: connection)
        let engines = (0..<2).map { _ in LedgerEngine(settings, configuration: configuration, logger: logger) }
        let result: Result<Void, any Error>
        do { result = .success(try await body(Engines(database: database, engines: engines))) } catch {
            result = .failure(error)
        }
        for engine in engines { await engine.close() }
        try result.get()
        let violations = try await LedgerCheck.violations(in: database)
        #expect(violations == [])
    }
    guard let server else {
        return try await withScratchDatabase(migrations: migrations) { try await run($0, $1) }
    }
    let connection = server.connectionString()
    _ = try await Migrator.apply(migrations, to: connection, logger: logger)
    let database = Database(DatabaseConfiguration(connection: connection), logger: logger)
    let result: Result<Void, any Error>
    do { result = .success(try await run(connection, database)) } catch { result = .failure(error) }
    await database.close()
    try await server.stop()
    try result.get()
}

extension LedgerCommand {
    static func hold(of user: UUID, _ micro: Int64, lifetime: Int64 = 600) -> LedgerCommand {
        LedgerCommand(
            id: UUID.v7(),
            account: user,
            .hold(CreditAmount(micro: micro), lifetime: lifetime, service: "test", model: "")
        )
    }
}
