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
    /// Answers who does not mind a second; without it everybody asks the ledger.
    let balances: BalanceCache?

    /// - Parameters:
    ///   - database: What queries read.
    ///   - ledger: What writes.
    ///   - velocity: What limits how fast anybody redeems and spends, if anything does.
    ///   - balances: What answers queries that allow it.
    package init(
        database: Database,
        ledger: LedgerEngine,
        velocity: Velocity? = nil,
        balances: BalanceCache? = nil
    ) {
        self.database = database
        self.ledger = ledger
        self.velocity = velocity
        self.balances = balances
    }
}
