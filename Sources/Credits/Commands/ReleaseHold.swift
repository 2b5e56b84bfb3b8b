package import Contract
package import Foundation
import Kernel
package import RPC

extension CreditsService {
    /// Returns all of a hold.
    package func releaseHold(_ request: ReleaseHoldRequest, _ call: CallContext) async throws -> Hold {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let id = try UUID(field: "hold_id", request.holdID)

        let hold = try await self.ledger.identity(of: id, for: key)
        let entry = try await self.ledger.post(LedgerCommand(key, account: hold.account, .release(id)))
        return Hold(entry, amount: entry.held.negated)
    }

    /// Returns all of a hold for another context. One that has ended without being spent stays as it is.
    ///
    /// - Throws: `FAILED_PRECONDITION` when it was settled.
    package func release(_ id: UUID) async throws {
        let hold = try await self.ledger.identity(of: id)
        do {
            _ = try await self.ledger.post(
                LedgerCommand(id: id.derived("release"), account: hold.account, .release(id))
            )
        } catch let refusal as Status where ["HOLD_RELEASED", "HOLD_EXPIRED"].contains(refusal.errorInfo?.reason) {
            return
        }
    }
}
