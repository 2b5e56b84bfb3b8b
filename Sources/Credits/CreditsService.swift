import Contract
import Kernel
package import Logging
package import Postgres

/// The ledger: accounts of credit, holds and movements. Implements the contract's services, and is what other contexts
/// call.
package final class CreditsService: CreditCommandsService, CreditQueriesService {
    let database: Database
    let logger: Logger

    package init(database: Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }
}
