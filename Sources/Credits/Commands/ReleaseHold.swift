package import Contract
package import Foundation
import Kernel
import Postgres
package import RPC

extension CreditsService {
    /// Returns all of a hold.
    package func releaseHold(_ request: ReleaseHoldRequest, _ call: CallContext) async throws -> Hold {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let id = try UUID(field: "hold_id", request.holdID)
        return try await self.database.once(key) { transaction in
            var (account, hold) = try transaction.lockHold(id)
            try hold.requireOpen()
            try transaction.end(
                &hold,
                as: .released,
                on: &account,
                actor: key.principal,
                requestID: key.requestID.text
            )
            return hold.message
        }
    }

    /// Returns all of a hold for another context. One that has ended without being spent stays as it is.
    ///
    /// - Throws: `FAILED_PRECONDITION` when it was settled.
    package func release(_ id: UUID) async throws {
        try await self.database.write { transaction in
            var (account, hold) = try transaction.lockHold(id)
            switch hold.phase {
            case .open: try transaction.end(&hold, as: hold.isOverdue ? .expired : .released, on: &account, actor: nil)
            case .settled: try hold.requireOpen()
            case .released, .expired: break
            }
        }
    }

    /// How a hold of another context has come, and how much of it was spent; `nil` when it was never placed.
    package func outcome(of id: UUID) async throws -> (phase: HoldPhase, spent: CreditAmount)? {
        try await self.database.first(readOutcome, [.uuid(id)]) { row in
            (HoldPhase(rawValue: try row.int(0)) ?? .expired, CreditAmount(micro: try row.int(1)))
        }
    }
}

private let readOutcome = Statement("SELECT state, settled FROM hold WHERE id = $1::uuid")
