import Credits
import Kernel
import Logging
import Postgres
import ServiceLifecycle

/// Tells at the start when the daemon could alter what was written to stay.
struct RightsCheck: Service {
    /// Tables whose rows nobody may change.
    static let appendOnly = KernelMigrations.appendOnly + CreditsMigrations.appendOnly

    let database: Database
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                try await self.check()
            } catch {
                self.logger.debug("rights not checked", metadata: ["error": "\(error)"])
            }
        }
        try? await gracefulShutdown()
    }

    func check() async throws {
        let tables = try await DaemonRole.alterable(of: Self.appendOnly, in: self.database)
        guard !tables.isEmpty else { return }
        self.logger.warning(
            "the daemon's database user could alter the journal; let it serve as a member of \(DaemonRole.name)",
            metadata: ["tables": "\(tables.joined(separator: ", "))"]
        )
    }
}
