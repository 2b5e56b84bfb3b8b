package import Contract
import Kernel
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// Gives the caller what a promotion code gives. Every attempt counts against the limits: codes can be guessed.
    package func redeemPromoCode(
        _ request: RedeemPromoCodeRequest,
        _ call: CallContext
    ) async throws -> RedeemPromoCodeResponse {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let code = try PromotionCode(field: "code", request.code)
        let command = LedgerCommand(key, account: key.principal, .redeem(code))
        try await self.velocity?.admitRedemption(by: key.principal, call) {
            try await self.ledger.hasAnswered(command)
        }

        let entry = try await self.ledger.post(command)
        return .with {
            $0.transactionID = entry.id.text
            $0.credits = entry.amount.description
            $0.balance = Balance(entry)
        }
    }
}
