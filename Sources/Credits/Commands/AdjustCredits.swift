package import Contract
import Foundation
import Kernel
package import RPC

extension CreditsService {
    /// Adds credits to a user's account, or takes them away.
    package func adjustCredits(_ request: AdjustCreditsRequest, _ call: CallContext) async throws -> Balance {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let userID = try UUID(field: "user_id", request.userID)
        let amount = try CreditAmount(field: "amount", request.amount, in: .notZero)
        let reason = try text(field: "reason", request.reason, atMost: Entry.reasonLimit)

        let entry = try await self.ledger.post(
            LedgerCommand(key, account: userID, .move(amount, .adjustment, service: "", reason: reason))
        )
        return Balance(entry)
    }
}
