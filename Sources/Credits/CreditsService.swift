import Contract
import Kernel
package import Postgres

/// The ledger: accounts of credit, holds and movements. Implements the contract's services, and is what other contexts
/// call.
package final class CreditsService: CreditCommandsService, CreditQueriesService {
    let database: Database

    package init(database: Database) {
        self.database = database
    }
}
