import Contract
import Kernel
package import Postgres

/// The ledger: accounts of credit, holds and movements. Implements the contract's services, and is what other contexts
/// call.
package final class CreditsService: CreditCommandsService, CreditQueriesService {
    let database: Database
    let ledger: LedgerEngine
    let velocity: Velocity?
    let bulkPlaces = BulkPlaces()

    /// - Parameters:
    ///   - database: What queries read.
    ///   - ledger: What writes.
    ///   - velocity: What limits how fast anybody redeems and spends, if anything does.
    package init(database: Database, ledger: LedgerEngine, velocity: Velocity? = nil) {
        self.database = database
        self.ledger = ledger
        self.velocity = velocity
    }
}
