import Credits
import Kernel
import Logging
import Postgres

/// What goes on in the ledger without being asked for.
extension BackgroundJob {
    /// Frees overdue holds.
    static func sweep(_ credits: CreditsService, every interval: Duration, logger: Logger) -> BackgroundJob {
        BackgroundJob(name: "the sweep of overdue holds", interval: interval, logger: logger) {
            let sweep = try await credits.expireHolds()
            if sweep.ended > 0 { logger.notice("holds expired", metadata: ["count": "\(sweep.ended)"]) }
            if let error = sweep.failures.first {
                logger.warning(
                    "overdue holds cannot be ended",
                    metadata: ["count": "\(sweep.failures.count)", "error": "\(error)"]
                )
            }
            return sweep.isDone
        }
    }

    /// Adds up what the house owns.
    static func rollUp(_ credits: CreditsService, every interval: Duration, logger: Logger) -> BackgroundJob {
        BackgroundJob(name: "the house's roll-up", interval: interval, logger: logger) {
            try await credits.rollUpHouse().isDone
        }
    }

    /// Takes new movements into the report.
    static func project(_ credits: CreditsService, every interval: Duration, logger: Logger) -> BackgroundJob {
        BackgroundJob(name: "the report", interval: interval, logger: logger) {
            try await credits.projectReport() != .more
        }
    }

    /// Deletes bulk files that nobody uses any more.
    static func deleteFiles(_ credits: CreditsService, logger: Logger) -> BackgroundJob {
        BackgroundJob(name: "the deletion of old bulk files", interval: .seconds(600), logger: logger) {
            try await credits.deleteOldFiles()
        }
    }

    /// Chains the journal's rows.
    static func seal(_ database: Database, every interval: Duration, logger: Logger) -> BackgroundJob {
        BackgroundJob(name: "the journal's chain", interval: interval, logger: logger) {
            try await JournalChain.seal(in: database).isDone
        }
    }
}
