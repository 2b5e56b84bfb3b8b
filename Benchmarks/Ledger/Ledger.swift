import Credits
import Kernel
import Logging
import Postgres

/// The steps that make the ledger's tables.
let migrations = KernelMigrations.all + CreditsMigrations.all

/// Nobody reads what is logged here.
let quietLogger = Logger(label: "ledger-subject") { _ in SwiftLogNoOpLogHandler() }

/// Runs the ledger as the daemon does for as long as `body` runs. The one place that knows how a ledger is put together.
func withLedger(in connection: String, _ body: (CreditsService) async throws -> Void) async throws {
    let ledger = LedgerEngine(DatabaseConfiguration(connection: connection), logger: quietLogger)
    let result: Result<Void, any Error>
    do {
        result = .success(
            try await withDatabase(connection) { database in
                try await body(CreditsService(database: database, ledger: ledger))
            }
        )
    } catch {
        result = .failure(error)
    }
    await ledger.close()
    try result.get()
}

/// Keeps a database open for as long as `body` runs.
func withDatabase<Value>(_ connection: String, _ body: (Database) async throws -> Value) async throws -> Value {
    let settings = LedgerCheck.patient(DatabaseConfiguration(connection: connection))
    let database = Database(settings, logger: quietLogger)
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(database))
    } catch {
        result = .failure(error)
    }
    await database.close()
    return try result.get()
}
