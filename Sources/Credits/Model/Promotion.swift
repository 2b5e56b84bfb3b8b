package import Foundation

/// A promotion code, in the only form in which it is kept and compared.
package struct PromotionCode: Sendable, Hashable, CustomStringConvertible {
    /// How long codes are.
    package static let lengths = 4...64

    /// In upper case.
    package let description: String

    /// Reads what somebody has typed, in upper or lower case, with blanks around it; `nil` unless the rest is 4 to 64 ASCII
    /// letters, digits and dashes.
    package init?(_ text: String) {
        let bytes = text.utf8.drop(while: Self.isBlank).reversed().drop(while: Self.isBlank).reversed()
        guard Self.lengths.contains(bytes.count), bytes.allSatisfy(Self.isAllowed) else { return nil }
        self.description = String(decoding: bytes, as: UTF8.self).uppercased()
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (9...13).contains(byte) }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}

/// What a promotion code gives, as it was when it was read.
package struct Promotion: Sendable, Equatable {
    /// Why somebody gets nothing.
    package enum Refusal: Error, Sendable, Equatable {
        case unknown
        case inactive
        case expired
        case exhausted
        /// This account has redeemed it before.
        case redeemed
    }

    package let credits: CreditAmount
    /// Most redemptions; `nil` for any number.
    package let maxUses: Int64?
    package let expiresAt: LedgerTime?
    package let isActive: Bool
    private var uses: Int64
    /// Those who have redeemed it, of the accounts that were asked about.
    private var redeemers: Set<UUID>

    package init(
        credits: CreditAmount,
        maxUses: Int64?,
        expiresAt: LedgerTime?,
        isActive: Bool,
        uses: Int64,
        redeemers: Set<UUID>
    ) {
        self.credits = credits
        self.maxUses = maxUses
        self.expiresAt = expiresAt
        self.isActive = isActive
        self.uses = uses
        self.redeemers = redeemers
    }

    /// What an account gets for it.
    ///
    /// - Parameters:
    ///   - account: Who redeems it.
    ///   - now: What the time is believed to be.
    ///   - window: Narrowed to the time during which the answer is right.
    /// - Returns: The code's credits.
    /// - Throws: Why it gets nothing. Who has redeemed it hears that, whatever has become of the code since.
    package func gift(
        to account: UUID,
        now: LedgerTime,
        window: inout LedgerWindow
    ) throws(Refusal) -> CreditAmount {
        guard !self.redeemers.contains(account) else { throw .redeemed }
        guard self.isActive else { throw .inactive }
        if let expiresAt {
            guard now < expiresAt else {
                window.requireReached(expiresAt)
                throw .expired
            }
            window.requireAhead(expiresAt)
        }
        guard self.uses < self.maxUses ?? .max else { throw .exhausted }
        return self.credits
    }

    /// Counts a redemption.
    package mutating func redeem(by account: UUID) {
        self.uses += 1
        self.redeemers.insert(account)
    }
}
