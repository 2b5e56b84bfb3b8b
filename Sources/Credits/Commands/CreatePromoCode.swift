package import Contract
import Kernel
import Postgres
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// Makes a promotion code.
    package func createPromoCode(_ request: CreatePromoCodeRequest, _ call: CallContext) async throws -> PromoCode {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let code = try PromotionCode(field: "code", request.code)
        let terms = PromotionTerms(
            credits: try CreditAmount(field: "credits", request.credits, in: .positive),
            maxUses: try maxUses(request.maxUses),
            expiresAt: try request.hasExpiresAt ? LedgerTime(field: "expires_at", request.expiresAt) : nil,
            isActive: request.availability.map(isActive) ?? true
        )

        return try await self.database.once(key) { transaction in
            let made = try transaction.first(
                insertPromotion,
                [.text(code.description)] + terms.parameters,
                StoredPromotion.init
            )
            guard let made else { throw Status.promotionExists(code) }
            try transaction.note(made, before: nil, key)
            return made.message
        }
    }
}

private func isActive(_ availability: CreatePromoCodeRequest.OneOf_Availability) -> Bool {
    switch availability {
    case .active(let value): value
    }
}

private let insertPromotion = Statement(
    """
    INSERT INTO promo (code, credits, max_uses, expires_at, active)
    VALUES ($1, $2::bigint, $3::integer, ledger_time($4::bigint), $5::boolean)
    ON CONFLICT (code) DO NOTHING RETURNING \(StoredPromotion.columns)
    """
)

extension Status {
    fileprivate static func promotionExists(_ code: PromotionCode) -> Status {
        .hub(
            .alreadyExists,
            "PROMO_EXISTS",
            "There is a promotion code \(code) already; change it, or choose another.",
            metadata: ["code": "\(code)"]
        )
    }
}
