package import Contract
package import Foundation
import Kernel
package import RPC

extension CreditsService {
    /// Lets a hold run out later.
    package func extendHold(_ request: ExtendHoldRequest, _ call: CallContext) async throws -> Hold {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let id = try UUID(field: "hold_id", request.holdID)
        let lifetime = try lifetime(request.expiresIn)

        let hold = try await self.ledger.identity(of: id, for: key)
        let entry = try await self.ledger.post(
            LedgerCommand(key, account: hold.account, .extend(id, lifetime: lifetime))
        )
        return Hold(entry, amount: hold.amount)
    }

    /// Lets a hold of another context run out so many seconds from now.
    ///
    /// - Throws: `FAILED_PRECONDITION` when it has ended.
    package func extend(_ id: UUID, lifetime: Int64) async throws {
        let hold = try await self.ledger.identity(of: id)
        _ = try await self.ledger.post(
            LedgerCommand(id: UUID.v7(), account: hold.account, .extend(id, lifetime: lifetime))
        )
    }
}
