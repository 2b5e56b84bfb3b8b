import Credits
import Kernel
import Logging
import Postgres
import Support
import Testing

@testable import hubd

@Suite struct RightsCheckTests {
    @Test func `a daemon that could alter the journal says so in one line`() async throws {
        let migrations = KernelMigrations.all + CreditsMigrations.all
        try await withScratchDatabase(migrations: migrations) { _, database in
            let log = LogRecorder()

            let running = Task { try await RightsCheck(database: database, logger: log.logger).run() }

            try await log.message(holding: "could alter the journal")
            running.cancel()
            try await running.value
            #expect(log.recorded.count == 1)
            #expect(log.recorded.first?.contains("entry, journal, journal_chain, refusal") == true)
        }
    }

    @Test func `one that could not says nothing`() async throws {
        let migrations = KernelMigrations.all + CreditsMigrations.all
        try await withScratchDatabase(migrations: migrations) { connection, _ in
            let log = LogRecorder()
            _ = try await Migrator.apply(
                migrations,
                to: connection,
                afterwards: DaemonRole.grants(appendOnly: RightsCheck.appendOnly),
                logger: Logger(label: "test")
            )
            let database = Database(
                DatabaseConfiguration(connection: connection + " options='-c role=\(DaemonRole.name)'"),
                logger: log.logger
            )

            try await RightsCheck(database: database, logger: log.logger).check()

            #expect(log.recorded == [])
            await database.close()
        }
    }
}
