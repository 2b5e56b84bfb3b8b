package import Contract
import Foundation
import Kernel
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// Spends credits of a user at once.
    package func deductCredits(
        _ request: DeductCreditsRequest,
        _ call: CallContext
    ) async throws -> DeductCreditsResponse {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let userID = try call.subject("user_id", request.userID)
        let credits = try CreditAmount(field: "credits", request.credits, in: .positive)
        let service = try text(field: "service", request.service, atMost: 64)
        let sessionID = try optionalText(field: "session_id", request.sessionID, atMost: 200)

        let move = LedgerCommand.Action.move(credits.negated, .deduction, service: service, reason: sessionID)
        let command = LedgerCommand(key, account: userID, move)
        let entry = try await self.spending(credits, of: userID, call, for: command) {
            try await self.ledger.post(command)
        }
        return .with {
            $0.transactionID = entry.id.text
            $0.balance = Balance(entry)
        }
    }
}
