package import Contract
import Kernel
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// Gives the caller what a promotion code gives.
    package func redeemPromoCode(
        _ request: RedeemPromoCodeRequest,
        _ call: CallContext
    ) async throws -> RedeemPromoCodeResponse {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let code = try PromotionCode(field: "code", request.code)

        let entry = try await self.ledger.post(LedgerCommand(key, account: key.principal, .redeem(code)))
        return .with {
            $0.transactionID = entry.id.text
            $0.credits = entry.amount.description
            $0.balance = Balance(entry)
        }
    }
}
