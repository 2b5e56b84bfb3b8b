import Contract
import Credits
import Foundation
import Kernel
import Logging
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

/// A ledger on a database of its own, called over RPC.
struct Ledger: Sendable {
    /// The owner's.
    let database: Database
    /// That of the service.
    let serving: Database
    /// For more connections to the database.
    let connection: String
    let service: CreditsService
    let commands: CreditCommandsClient
    let queries: CreditQueriesClient
    /// Gives and takes credits.
    let administrator = UUID.v7()

    /// Opens an account that owns so many credits.
    func user(owning credits: String = "1") async throws -> UUID {
        let user = UUID.v7()
        try await self.database.write { transaction in try CreditsService.openAccount(transaction, for: user) }
        let missing = try #require(CreditAmount(credits)?.subtracting(.one))
        if missing != .zero {
            _ = try await self.adjust(user, by: missing.description)
        }
        return user
    }

    @discardableResult
    func adjust(
        _ user: UUID,
        by amount: String,
        requestID: String = UUID.v7().text,
        reason: String = "test",
        as actor: UUID? = nil
    ) async throws -> Balance {
        let request = AdjustCreditsRequest.with {
            $0.requestID = requestID
            $0.userID = user.text
            $0.amount = amount
            $0.reason = reason
        }
        return try await self.commands.adjustCredits(request, CallOptions(as: actor ?? self.administrator))
    }

    func hold(
        _ amount: String,
        of user: UUID,
        requestID: String = UUID.v7().text,
        expiresIn: Int32 = 0
    ) async throws -> Hold {
        let request = PlaceHoldRequest.with {
            $0.requestID = requestID
            $0.userID = user.text
            $0.amount = amount
            $0.expiresIn = expiresIn
            $0.service = "video"
        }
        return try await self.commands.placeHold(request, CallOptions(as: self.administrator))
    }

    func settle(
        _ hold: Hold,
        _ amount: String,
        requestID: String = UUID.v7().text,
        allowOverrun: Bool = false
    ) async throws -> Hold {
        let request = SettleHoldRequest.with {
            $0.requestID = requestID
            $0.allowOverrun = allowOverrun
            $0.holdID = hold.holdID
            $0.amount = amount
        }
        return try await self.commands.settleHold(request, CallOptions(as: self.administrator))
    }

    func release(_ hold: Hold, requestID: String = UUID.v7().text) async throws -> Hold {
        let request = ReleaseHoldRequest.with {
            $0.requestID = requestID
            $0.holdID = hold.holdID
        }
        return try await self.commands.releaseHold(request, CallOptions(as: self.administrator))
    }

    func extend(_ hold: Hold, by seconds: Int32, requestID: String = UUID.v7().text) async throws -> Hold {
        let request = ExtendHoldRequest.with {
            $0.requestID = requestID
            $0.holdID = hold.holdID
            $0.expiresIn = seconds
        }
        return try await self.commands.extendHold(request, CallOptions(as: self.administrator))
    }

    func deduct(
        _ credits: String,
        of user: UUID,
        requestID: String = UUID.v7().text
    ) async throws -> DeductCreditsResponse {
        let request = DeductCreditsRequest.with {
            $0.requestID = requestID
            $0.userID = user.text
            $0.credits = credits
            $0.service = "video"
            $0.sessionID = "session 7"
        }
        return try await self.commands.deductCredits(request, CallOptions(as: self.administrator))
    }

    /// Balance, held and available of a user.
    func balance(of user: UUID) async throws -> [String] {
        let balance = try await self.queries.getBalance(.init(), CallOptions(as: user))
        return [balance.balance, balance.held, balance.available]
    }

    /// Lets the time of every open hold run out, by the database's clock.
    func letHoldsRunOut() async throws {
        try await self.moveClock(by: "2 days")
    }

    /// Lets the ledger's clock be ahead of the database's by a constant interval.
    func moveClock(by interval: String) async throws {
        try await self.database.moveLedgerClock(by: "interval '\(interval)'")
    }
}

/// Runs a test on a fresh ledger and checks the invariants after it, unless the test breaks them. The ledger serves as `role`;
/// `nil` is the owner of the tables, whom the test's own database is in any case.
func withLedger(
    servingAs role: String? = nil,
    checked: Bool = true,
    _ body: (Ledger) async throws -> Void
) async throws {
    let migrations = KernelMigrations.all + CreditsMigrations.all
    try await withScratchDatabase(migrations: migrations) { connection, database in
        let logger = Logger(label: "test")
        var configuration = DatabaseConfiguration(connection: connection)
        if let role {
            let grants = DaemonRole.grants(appendOnly: KernelMigrations.appendOnly + CreditsMigrations.appendOnly)
            _ = try await Migrator.apply(migrations, to: connection, afterwards: grants, logger: logger)
            configuration.connection += " options='-c role=\(role)'"
        }
        let serving = Database(configuration, logger: logger)
        let engine = LedgerEngine(configuration, logger: logger)
        let service = CreditsService(database: serving, ledger: engine)
        let services = [CreditCommands.definition(of: service), CreditQueries.definition(of: service)]
        let result: Result<Void, any Error>
        do {
            try await withServer(services) { client in
                let ledger = Ledger(
                    database: database,
                    serving: serving,
                    connection: connection,
                    service: service,
                    commands: CreditCommandsClient(client),
                    queries: CreditQueriesClient(client)
                )
                try await body(ledger)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await engine.close()
        await serving.close()
        try result.get()
        guard checked else { return }
        let violations = try await LedgerCheck.violations(in: database)
        #expect(violations == [])
    }
}

/// The reason of a refusal.
func reason(_ error: Status?) -> String? { error?.errorInfo?.reason }
