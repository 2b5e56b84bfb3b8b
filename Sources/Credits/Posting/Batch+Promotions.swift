import Foundation
import Postgres

extension Batch {
    /// Reads the codes that the commands redeem, anew for each decision: others use them up at the same time.
    mutating func loadPromotions(on connection: borrowing Connection) throws {
        let redeeming = self.undecided.filter { $0.command.code != nil }
        guard !redeeming.isEmpty else { return }
        let codes = Set(redeeming.compactMap { $0.command.code })
        let found = try connection.rows(
            readPromotions,
            [.texts(codes.map(\.description)), .uuids(Array(Set(redeeming.map(\.command.account))))]
        ) { row in (code: PromotionCode(try row.text(0)), promotion: try Promotion(row)) }
        var promotions: [PromotionCode: Promotion] = [:]
        for case (let code?, let promotion) in found { promotions[code] = promotion }
        self.draft.learn(promotions)
    }
}

extension Promotion {
    fileprivate init(_ row: borrowing Row) throws {
        self.init(
            credits: CreditAmount(micro: try row.int(1)),
            maxUses: try row.optionalInt(2),
            expiresAt: try row.optionalInt(3).map { LedgerTime(microseconds: $0) },
            isActive: try row.bool(4),
            uses: try row.int(5),
            redeemers: Set(try row.uuids(6))
        )
    }
}

extension PostgresError {
    /// Whether a code was used up or changed after it was read.
    var isOvertakenRedemption: Bool {
        self.kind == .server && ["promo_redeemable", "promo_use_pkey"].contains(self.constraint)
    }
}

private let readPromotions = Statement(
    """
    SELECT code, credits, max_uses, ledger_micros(expires_at), active, uses,
        array(SELECT account FROM promo_use WHERE promo = promo.id AND account = ANY ($2::uuid[]))
    FROM promo WHERE code = ANY ($1::text[])
    """
)
