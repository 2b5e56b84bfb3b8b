import Credits
import Foundation
import Kernel
import Logging
import Postgres
import Support
import Testing

@testable import hubd

@Suite struct CreditJobTests {
    @Test func `all that is overdue is freed at once, however much it is`() async throws {
        try await withCredits { credits, database in
            let user = UUID.v7()
            try await database.write { transaction in try CreditsService.openAccount(transaction, for: user) }
            for _ in 0..<250 {
                let amount = CreditAmount(micro: 1)
                try await credits.hold(
                    HoldOrder(id: UUID.v7(), userID: user, amount: amount, lifetime: 600, service: "chat")
                )
            }
            try await database.moveLedgerClock(by: "interval '2 days'")
            let sweeper = BackgroundJob.sweep(credits, every: .seconds(3600), logger: silent)

            let sweeping = Task { try await sweeper.run() }

            try await eventually("the end of all holds") { try await credits.account(of: user).held == .zero }
            sweeping.cancel()
            try await sweeping.value
            let state = try await credits.account(of: user)
            #expect(state == AccountState(balance: .one, held: .zero))
        }
    }

    @Test func `new movements come into the report by themselves, until the program ends`() async throws {
        try await withCredits { credits, database in
            let projector = BackgroundJob.project(credits, every: .milliseconds(100), logger: silent)
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
        }
    }
}

private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

private func withCredits(_ body: (CreditsService, Database) async throws -> Void) async throws {
    try await withScratchDatabase(migrations: KernelMigrations.all + CreditsMigrations.all) { connection, database in
        let ledger = LedgerEngine(DatabaseConfiguration(connection: connection), logger: silent)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(CreditsService(database: database, ledger: ledger), database))
        } catch {
            result = .failure(error)
        }
        await ledger.close()
        try result.get()
    }
}
