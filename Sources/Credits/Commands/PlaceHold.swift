package import Contract
import Foundation
import Kernel
package import RPC

extension CreditsService {
    /// Reserves credits of a user for a service that meters itself.
    package func placeHold(_ request: PlaceHoldRequest, _ call: CallContext) async throws -> Hold {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let userID = try call.subject("user_id", request.userID)
        let amount = try CreditAmount(field: "amount", request.amount, in: .positive)
        let lifetime = try lifetime(request.expiresIn)
        let service = try text(field: "service", request.service, atMost: 64)

        let hold = LedgerCommand.Action.hold(amount, lifetime: lifetime, service: service, model: "")
        let command = LedgerCommand(key, account: userID, hold)
        let entry = try await self.spending(amount, of: userID, call, for: command) {
            try await self.ledger.post(command)
        }
        return Hold(entry, amount: entry.held)
    }

    /// Reserves credits for another context. Placing the same id twice reserves once.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED` with reason `INSUFFICIENT_CREDITS`, `NOT_FOUND`.
    package func hold(_ order: HoldOrder) async throws {
        _ = try await self.ledger.post(
            LedgerCommand(
                id: order.id,
                account: order.userID,
                actor: order.userID,
                .hold(order.amount, lifetime: order.lifetime, service: order.service, model: order.model)
            )
        )
    }
}
