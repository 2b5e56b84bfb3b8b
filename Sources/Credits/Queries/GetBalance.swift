package import Contract
package import Foundation
import Kernel
import Postgres
package import RPC

extension CreditsService {
    /// What a user owns now, or owned within the last second if the request allows that.
    package func getBalance(_ request: GetBalanceRequest, _ call: CallContext) async throws -> Balance {
        let userID = try call.subject("user_id", request.userID)
        guard request.allowStale, let balances else { return Balance(userID, try await self.account(of: userID)) }
        return Balance(userID, try await balances.state(of: userID) { try await self.account(of: userID) })
    }

    /// What a user owns now, for another context.
    ///
    /// - Throws: `NOT_FOUND` when the user has no account.
    package func account(of userID: UUID) async throws -> AccountState {
        let state = try await self.database.first(readState, [.uuid(userID)]) { row in
            AccountState(balance: CreditAmount(micro: try row.int(0)), held: CreditAmount(micro: try row.int(1)))
        }
        guard let state else { throw Status(.noAccount(userID)) }
        return state
    }
}

private let readState = Statement(
    "SELECT balance_after, held_after FROM entry WHERE account = $1::uuid ORDER BY version DESC LIMIT 1"
)
