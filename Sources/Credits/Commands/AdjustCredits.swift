package import Contract
import Foundation
import Kernel
import Postgres
package import RPC

extension CreditsService {
    /// Adds credits to a user's account, or takes them away.
    package func adjustCredits(_ request: AdjustCreditsRequest, _ call: CallContext) async throws -> Balance {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let userID = try UUID(field: "user_id", request.userID)
        let amount = try CreditAmount(field: "amount", request.amount, in: .notZero)
        let reason = try text(field: "reason", request.reason, atMost: 500)
        return try await self.database.once(key) { transaction in
            var account = try transaction.lockAccount(of: userID)
            guard let state = account.state.adjusted(by: amount) else {
                throw Status.cannotAdjust(account.state, by: amount)
            }
            try transaction.store(state, in: &account)
            let sequence = try Journal.append(
                transaction,
                stream: account.stream,
                version: account.version,
                kind: "credits.adjusted",
                actor: key.principal,
                requestID: key.requestID.text,
                payload: request
            )
            let transfer = Transfer(kind: .adjustment, house: .adjustment, amount: amount, memo: reason)
            try transaction.post(transfer, on: account, journal: sequence)
            return account.message
        }
    }
}

extension Status {
    fileprivate static func cannotAdjust(_ state: AccountState, by amount: CreditAmount) -> Status {
        guard amount < .zero, amount.micro > .min else {
            return .invalid(field: "amount", "does not fit: the balance would be too large")
        }
        return .insufficientCredits(state, needed: CreditAmount(micro: -amount.micro))
    }
}
