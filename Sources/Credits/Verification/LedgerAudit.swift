import Kernel
import Logging
import Postgres
import RPC
import Synchronization

/// Checks the books on a connection of its own, so that nobody waits for it: one check at a time.
package final class LedgerAudit: Sendable {
    private let configuration: DatabaseConfiguration
    private let logger: Logger
    private let isRunning = Mutex(false)

    init(_ database: DatabaseConfiguration, logger: Logger) {
        self.configuration = LedgerCheck.patient(database)
        self.logger = logger
    }

    /// Checks everything. Ends soon after its caller is cancelled.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED` with reason `BUSY` while another check runs.
    func run(
        from pin: JournalChain.Pin?,
        report: @escaping @Sendable (LedgerCheck.Finding) -> Void
    ) async throws {
        let isFree = self.isRunning.withLock { isRunning in
            defer { isRunning = true }
            return !isRunning
        }
        guard isFree else {
            throw Status.hub(.resourceExhausted, "BUSY", "The books are being checked already; try again later.")
        }
        defer { self.isRunning.withLock { $0 = false } }
        let database = Database(self.configuration, logger: self.logger)
        let result: Result<Void, any Error>
        do {
            _ = try await LedgerCheck.run(on: database, from: pin, report: report)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await database.close()
        try result.get()
    }
}
