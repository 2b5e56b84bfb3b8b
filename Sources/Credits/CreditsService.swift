import Contract
import Kernel
package import Postgres

/// The ledger: accounts of credit, holds and movements. Implements the contract's services, and is what other contexts
/// call.
package final class CreditsService: CreditCommandsService, CreditQueriesService {
    let database: Database
    let ledger: LedgerEngine

    /// - Parameters:
    ///   - database: What queries read.
    ///   - ledger: What writes.
    package init(database: Database, ledger: LedgerEngine) {
        self.database = database
        self.ledger = ledger
    }
}
