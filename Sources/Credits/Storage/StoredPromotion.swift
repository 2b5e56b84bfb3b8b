import Contract
import Foundation
import Kernel
import Postgres
import SwiftProtobuf

/// A promotion code as its row tells it.
struct StoredPromotion: Sendable {
    /// The columns that it is read from, in their order.
    static let columns = """
        id, code, credits, max_uses, uses, ledger_micros(expires_at), active, version, ledger_micros(created_at)
        """

    let id: Int64
    let code: String
    var terms: PromotionTerms
    let uses: Int64
    /// 1 for the first terms, and one more for each change.
    let version: Int64
    private let createdAt: LedgerTime

    init(_ row: borrowing Row) throws {
        self.id = try row.int(0)
        self.code = try row.text(1)
        self.terms = PromotionTerms(
            credits: CreditAmount(micro: try row.int(2)),
            maxUses: try row.optionalInt(3),
            expiresAt: try row.optionalInt(5).map { LedgerTime(microseconds: $0) },
            isActive: try row.bool(6)
        )
        self.uses = try row.int(4)
        self.version = try row.int(7)
        self.createdAt = LedgerTime(microseconds: try row.int(8))
    }

    /// What the contract shows of it.
    var message: PromoCode {
        .with {
            $0.code = self.code
            $0.credits = self.terms.credits.description
            $0.maxUses = Int32(clamping: self.terms.maxUses ?? 0)
            $0.uses = Int32(clamping: self.uses)
            if let expiresAt = self.terms.expiresAt { $0.expiresAt = Google_Protobuf_Timestamp(expiresAt) }
            $0.active = self.terms.isActive
            $0.createdAt = Google_Protobuf_Timestamp(self.createdAt)
        }
    }
}

/// What can be changed of a promotion code.
struct PromotionTerms: Sendable, Equatable {
    var credits: CreditAmount
    /// Most redemptions; `nil` for any number.
    var maxUses: Int64?
    /// `nil` for never.
    var expiresAt: LedgerTime?
    var isActive: Bool

    /// For four columns: `credits`, `max_uses`, microseconds of `expires_at`, `active`.
    var parameters: [Parameter] {
        [
            .int(self.credits.micro), .int(optional: self.maxUses), .int(optional: self.expiresAt?.microseconds),
            .bool(self.isActive),
        ]
    }

    /// Those that are set, for the journal.
    var facts: Google_Protobuf_Value {
        var facts = Google_Protobuf_Struct()
        facts.fields["credits"] = Google_Protobuf_Value(stringValue: self.credits.description)
        facts.fields["active"] = Google_Protobuf_Value(boolValue: self.isActive)
        facts.fields["max_uses"] = self.maxUses.map { Google_Protobuf_Value(numberValue: Double($0)) }
        facts.fields["expires_at"] = self.expiresAt.map { time in
            let date = Date(timeIntervalSince1970: Double(time.microseconds) / 1_000_000)
            return Google_Protobuf_Value(stringValue: date.ISO8601Format(.init(includingFractionalSeconds: true)))
        }
        return Google_Protobuf_Value(structValue: facts)
    }
}

extension Transaction {
    /// Writes to the journal who has set which terms.
    ///
    /// - Parameters:
    ///   - promotion: As it is now.
    ///   - before: The terms until now; `nil` for a code that was made.
    ///   - key: Whose command it was.
    /// - Throws: What the database throws.
    borrowing func note(_ promotion: StoredPromotion, before: PromotionTerms?, _ key: CommandKey) throws {
        var facts = Google_Protobuf_Struct()
        facts.fields["code"] = Google_Protobuf_Value(stringValue: promotion.code)
        facts.fields["before"] = before?.facts
        facts.fields["after"] = promotion.terms.facts
        try Journal.append(
            self,
            stream: "promo:\(promotion.code)",
            version: promotion.version,
            kind: before == nil ? "credits.promo-created" : "credits.promo-updated",
            actor: key.principal,
            requestID: key.requestID.text,
            payload: facts
        )
    }
}
