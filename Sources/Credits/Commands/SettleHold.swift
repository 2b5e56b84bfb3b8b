package import Contract
package import Foundation
import Kernel
import Postgres
package import RPC

extension CreditsService {
    /// Spends a hold, at most its amount; the rest returns at once.
    package func settleHold(_ request: SettleHoldRequest, _ call: CallContext) async throws -> Hold {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let id = try UUID(field: "hold_id", request.holdID)
        let amount = try CreditAmount(field: "amount", request.amount, in: .notNegative)
        return try await self.database.once(key) { transaction in
            var (account, hold) = try transaction.lockHold(id)
            try transaction.settle(
                &hold,
                amount,
                on: &account,
                actor: key.principal,
                requestID: key.requestID.text
            )
            return hold.message
        }
    }

    /// Spends a hold for another context.
    ///
    /// - Returns: The account right after it. A hold that was settled with the same amount before is answered again.
    /// - Throws: `FAILED_PRECONDITION` when it has ended otherwise, `INVALID_ARGUMENT` for more than was held.
    package func settle(_ id: UUID, _ amount: CreditAmount) async throws -> AccountState {
        try await self.database.write { transaction in
            var (account, hold) = try transaction.lockHold(id)
            if hold.phase == .settled, hold.settled == amount { return account.state }
            try transaction.settle(&hold, amount, on: &account, actor: nil, requestID: nil)
            return account.state
        }
    }
}

extension Transaction {
    fileprivate borrowing func settle(
        _ hold: inout StoredHold,
        _ amount: CreditAmount,
        on account: inout LockedAccount,
        actor: UUID?,
        requestID: String?
    ) throws {
        try hold.requireOpen()
        guard amount <= hold.amount else {
            throw Status.invalid(field: "amount", "is above the \(hold.amount) credits that are held")
        }
        try self.end(&hold, as: .settled, spending: amount, on: &account, actor: actor, requestID: requestID)
    }
}
