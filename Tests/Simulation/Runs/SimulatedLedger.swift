package import Contract
package import Credits
package import Foundation
import Kernel
import Logging
package import Postgres
import RPC
import Support

/// A ledger under test: one database whose clock is ours, and two daemons that reach it through a proxy. The
/// first leaves the outcome of a command open when its connection breaks, the second tries again by itself.
package struct SimulatedLedger: Sendable {
    /// One of the daemons, in this process.
    package struct Daemon: Sendable {
        package let service: CreditsService
        package let commands: CreditCommandsClient
        package let queries: CreditQueriesClient
    }

    package let daemons: [Daemon]
    /// Reaches the database without the proxy.
    package let database: Database
    package let users: [UUID]
    package let clock: VirtualClock

    /// Whose name commands are sent in.
    package let principals = [UUID(number: 901), UUID(number: 902)]

    /// Runs `body` with a fresh ledger.
    ///
    /// - Parameters:
    ///   - dice: Chooses the faults; still until `body` lets it go on.
    ///   - userCount: How many accounts there are.
    ///   - body: Gets the ledger, which ends with it.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why there is no ledger.
    package static func run<Value>(
        _ dice: FaultDice,
        users userCount: Int = 6,
        _ body: (SimulatedLedger) async throws -> Value
    ) async throws -> Value {
        try await withScratchDatabase(migrations: KernelMigrations.all + CreditsMigrations.all) { _, database in
            let clock = try await VirtualClock(replacingThatOf: database)
            let users = (1...userCount).map { UUID(number: $0) }
            for user in users {
                try await database.write { transaction in try CreditsService.openAccount(transaction, for: user) }
            }
            let server = try await PostgresServer.shared()
            let name = try await database.first("SELECT current_database()::text") { try $0.text(0) } ?? ""
            return try await FaultProxy.run(before: server, choosing: dice.choose) { proxy in
                let behind = proxy.connectionString(database: name)
                return try await Daemon.run(behind, patience: .zero) { first in
                    try await Daemon.run(behind, patience: .seconds(10)) { second in
                        try await body(
                            SimulatedLedger(daemons: [first, second], database: database, users: users, clock: clock)
                        )
                    }
                }
            }
        }
    }

    /// Sends a command to one of the daemons; nil when the outcome stays open.
    package func reply(to command: Command, from daemon: Int) async throws -> Reply? {
        try await self.daemons[daemon].commands.reply(to: command, CallOptions(as: command.principal))
    }

    /// What a user has, as one of the daemons says.
    package func balance(of user: UUID, from daemon: Int) async throws -> Answer {
        try Answer(try await self.daemons[daemon].queries.getBalance(.init(), CallOptions(as: user)))
    }
}

extension SimulatedLedger {
    /// Has one of the daemons end all holds whose time has run out.
    package func sweep(with daemon: Int) async throws {
        while true {
            do {
                let sweep = try await self.daemons[daemon].service.expireHolds()
                if sweep.isDone, sweep.failures.isEmpty { return }
            } catch let error as any StatusConvertible {
                // A fault of ours leaves the outcome open; it goes on where it was.
                guard try Answer(error.status) == nil else { throw error }
            }
            // Leases run out with time, which stands still here.
            try await self.database.run("UPDATE hold_due SET leased_until = NULL")
        }
    }

    /// - Throws: `Finding` unless every user has what the oracle says.
    package func requireBalances(of oracle: Oracle) async throws {
        for user in self.users {
            guard let expected = oracle.view(of: user) else { continue }
            let found = try await self.balance(of: user, from: 0)
            guard found == .balance(expected) else { throw Finding("\(user) has \(found) instead of \(expected)") }
        }
    }

    /// - Throws: `Finding` unless all that must hold of the ledger at any moment does.
    package func requireInvariants() async throws {
        let violations = try await LedgerCheck.violations(in: self.database)
        guard violations.isEmpty else { throw Finding("invariants are broken: \(violations)") }
    }
}

extension SimulatedLedger.Daemon {
    fileprivate static func run<Value>(
        _ connection: String,
        patience: Duration,
        _ body: (SimulatedLedger.Daemon) async throws -> Value
    ) async throws -> Value {
        let configuration = DatabaseConfiguration(connection: connection)
        let database = Database(configuration, logger: LogRecorder().logger)
        var settings = LedgerEngine.Configuration()
        settings.patience = patience
        let engine = LedgerEngine(configuration, configuration: settings, logger: LogRecorder().logger)
        let service = CreditsService(database: database, ledger: engine)
        let services = [CreditCommands.definition(of: service), CreditQueries.definition(of: service)]
        let result: Result<Value, any Error>
        do {
            result = .success(
                try await withServer(services) { client in
                    try await body(Self(service: service, commands: .init(client), queries: .init(client)))
                }
            )
        } catch {
            result = .failure(error)
        }
        await engine.close()
        await database.close()
        return try result.get()
    }
}

extension UUID {
    /// An id that is the same in each run.
    init(number: Int) {
        let bytes = withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) }
        let all = [0x51, 0, 0, 0, 0, 0, 0x80, 0] + [UInt8(0x80)] + bytes.dropFirst()
        self = all.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}
