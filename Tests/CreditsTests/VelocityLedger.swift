import Credits
import Kernel
import Logging
import NIOPosix
import Postgres
import Redis
import Support
import Testing

/// Runs a test on a ledger with limits on speed, which are counted in `redis` or in the server that all tests share.
func withLimitedLedger(
    _ limits: VelocityLimits,
    redis: RedisServer? = nil,
    logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
    _ body: (Ledger) async throws -> Void
) async throws {
    let server = if let redis { redis } else { try await RedisServer.shared() }
    let client = RedisClient(server.address, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    try await withScratchDatabase(migrations: KernelMigrations.all + CreditsMigrations.all) { connection, database in
        let engine = LedgerEngine(DatabaseConfiguration(connection: connection), logger: logger)
        let velocity = Velocity(
            RateWindows(redis: client, logger: logger),
            limits: limits,
            database: database
        )
        try await withLedger(
            on: database,
            at: connection,
            CreditsService(database: database, ledger: engine, velocity: velocity),
            body
        )
        await engine.close()
        #expect(try await LedgerCheck.violations(in: database) == [])
    }
    await client.close()
}
