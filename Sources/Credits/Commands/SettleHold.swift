package import Contract
package import Foundation
import Kernel
package import RPC

extension CreditsService {
    /// Spends a hold, at most its amount unless more is allowed; the rest returns at once.
    package func settleHold(_ request: SettleHoldRequest, _ call: CallContext) async throws -> Hold {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let id = try UUID(field: "hold_id", request.holdID)
        let amount = try CreditAmount(field: "amount", request.amount, in: .notNegative)

        let hold = try await self.ledger.identity(of: id, for: key)
        let entry = try await self.ledger.post(
            LedgerCommand(key, account: hold.account, .settle(id, amount, beyond: request.allowOverrun))
        )
        return Hold(entry, amount: entry.held.negated)
    }

    /// Spends a hold for another context; what is above it too, as the work is done.
    ///
    /// - Returns: The account right after it. Settled with the same amount before, it is answered again.
    /// - Throws: `FAILED_PRECONDITION` when it has ended otherwise.
    package func settle(_ id: UUID, _ amount: CreditAmount) async throws -> AccountState {
        let hold = try await self.ledger.identity(of: id)
        let command = LedgerCommand(
            id: id.derived("settle"),
            account: hold.account,
            digest: id.derived("settle \(amount)"),
            .settle(id, amount, beyond: true)
        )
        return try await self.ledger.post(command).state
    }
}
