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
        try await self.velocity?.admitRedemption(by: key.principal, call)

        let entry = try await self.ledger.post(LedgerCommand(key, account: key.principal, .redeem(code)))
        return .with {
            $0.transactionID = entry.id.text
            $0.credits = entry.amount.description
            $0.balance = Balance(entry)
        }
    }
}
