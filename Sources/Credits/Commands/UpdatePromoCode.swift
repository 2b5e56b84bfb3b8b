package import Contract
import Kernel
import Postgres
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// Changes the terms of a promotion code; what is unset stays.
    package func updatePromoCode(_ request: UpdatePromoCodeRequest, _ call: CallContext) async throws -> PromoCode {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let code = try PromotionCode(field: "code", request.code)
        let change = try TermsChange(request)

        return try await self.database.once(key) { transaction in
            let found = try transaction.first(lockPromotion, [.text(code.description)], StoredPromotion.init)
            guard let found else { throw Status.promotion(code, .unknown) }
            let terms = change.applied(to: found.terms)
            guard terms != found.terms else { return found.message }
            guard found.uses <= terms.maxUses ?? .max else { throw Status.promotionUsed(code, found.uses) }
            let changed = try transaction.first(
                updatePromotion,
                [.int(found.id)] + terms.parameters,
                StoredPromotion.init
            )
            guard let changed else { throw PostgresError(.decoding, "UPDATE … RETURNING gave no row") }
            try transaction.note(changed, before: found.terms, key)
            return changed.message
        }
    }
}

/// What of the terms is to be changed.
private struct TermsChange: Sendable {
    private let credits: CreditAmount?
    private let maxUses: Int64??
    private let expiresAt: LedgerTime??
    private let isActive: Bool?

    init(_ request: UpdatePromoCodeRequest) throws(Status) {
        guard !request.neverExpires || !request.hasExpiresAt else {
            throw .invalid(field: "never_expires", "contradicts expires_at; set one of them")
        }
        switch request.gift {
        case .credits(let value)?: self.credits = try CreditAmount(field: "credits", value, in: .positive)
        case nil: self.credits = nil
        }
        switch request.limit {
        case .maxUses(let value)?: self.maxUses = .some(try Credits.maxUses(value))
        case nil: self.maxUses = nil
        }
        if request.hasExpiresAt {
            self.expiresAt = .some(try LedgerTime(field: "expires_at", request.expiresAt))
        } else {
            self.expiresAt = request.neverExpires ? .some(nil) : nil
        }
        switch request.availability {
        case .active(let value)?: self.isActive = value
        case nil: self.isActive = nil
        }
        guard self.credits != nil || self.maxUses != nil || self.expiresAt != nil || self.isActive != nil else {
            throw .invalid(field: "active", "or another field must be set: there is nothing to change")
        }
    }

    func applied(to terms: PromotionTerms) -> PromotionTerms {
        PromotionTerms(
            credits: self.credits ?? terms.credits,
            maxUses: self.maxUses ?? terms.maxUses,
            expiresAt: self.expiresAt ?? terms.expiresAt,
            isActive: self.isActive ?? terms.isActive
        )
    }
}

extension Status {
    fileprivate static func promotionUsed(_ code: PromotionCode, _ uses: Int64) -> Status {
        .hub(
            .failedPrecondition,
            "PROMO_USED",
            "The promotion code \(code) was redeemed \(uses) times; max_uses cannot be below that. "
                + "To stop it, set active to false.",
            metadata: ["code": "\(code)", "uses": "\(uses)"]
        )
    }
}

private let lockPromotion = Statement("SELECT \(StoredPromotion.columns) FROM promo WHERE code = $1 FOR UPDATE")

private let updatePromotion = Statement(
    """
    UPDATE promo SET credits = $2::bigint, max_uses = $3::integer, expires_at = ledger_time($4::bigint),
        active = $5::boolean, version = version + 1
    WHERE id = $1::bigint RETURNING \(StoredPromotion.columns)
    """
)
