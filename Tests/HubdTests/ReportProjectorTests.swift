import Credits
import Foundation
import Kernel
import Logging
import Postgres
import Support
import Testing

@testable import hubd

@Suite struct ReportProjectorTests {
    @Test func `new movements come into the report by themselves, until the program ends`() async throws {
        try await withScratchDatabase(migrations: KernelMigrations.all + CreditsMigrations.all) {
            connection,
            database in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let ledger = LedgerEngine(DatabaseConfiguration(connection: connection), logger: logger)
            let credits = CreditsService(database: database, ledger: ledger)
            let projector = ReportProjector(credits: credits, interval: .milliseconds(100), logger: logger)
            let projecting = Task { try await projector.run() }

            for count in 1...3 as ClosedRange<Int64> {
                try await database.write { transaction in try CreditsService.openAccount(transaction, for: UUID.v7()) }
                try await eventually("the movement in the report") {
                    let sum = try await database.first("SELECT sum(movements)::bigint FROM report_total") { row in
                        try row.optionalInt(0)
                    }
                    return sum == count
                }
            }

            projecting.cancel()
            try await projecting.value
            await ledger.close()
        }
    }
}
