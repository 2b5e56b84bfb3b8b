import Credits
import Foundation
import Testing

@Suite struct PromotionTests {
    private let user = UUID()

    private func promotion(
        maxUses: Int64? = nil,
        expiresAt: Int64? = nil,
        isActive: Bool = true,
        uses: Int64 = 0,
        redeemers: Set<UUID> = []
    ) -> Promotion {
        Promotion(
            credits: .one,
            maxUses: maxUses,
            expiresAt: expiresAt.map { LedgerTime(microseconds: $0) },
            isActive: isActive,
            uses: uses,
            redeemers: redeemers
        )
    }

    /// What the user gets at a moment, and during which time that is right.
    private func gift(
        _ promotion: Promotion,
        at now: Int64 = 0
    ) -> (Result<CreditAmount, Promotion.Refusal>, LedgerWindow) {
        var window = LedgerWindow()
        let gift = Result { () throws(Promotion.Refusal) in
            try promotion.gift(to: self.user, now: LedgerTime(microseconds: now), window: &window)
        }
        return (gift, window)
    }

    @Test(arguments: [
        ("summer-25", "SUMMER-25"), (" \t WELCOME10 \n", "WELCOME10"), ("abcd", "ABCD"),
        (String(repeating: "x", count: 64), String(repeating: "X", count: 64)),
    ])
    func `a code is compared in upper case and without blanks around it`(text: String, code: String) {
        #expect(PromotionCode(text)?.description == code)
    }

    @Test(arguments: [
        "", "abc", "   ", "two words", "grün", "ABCD_E", "ABCD\0", "ＡＢＣＤ", "ſſſſ", "' OR 1=1 --",
        String(repeating: "x", count: 65),
    ])
    func `anything else is no code`(text: String) {
        #expect(PromotionCode(text) == nil)
    }

    @Test func `a code that never ends gives its credits at any time`() {
        let (gift, window) = self.gift(self.promotion())

        #expect(gift == .success(.one))
        #expect(window == LedgerWindow())
    }

    @Test func `a code gives until just before it expires, and the decision holds no longer`() {
        let promotion = self.promotion(expiresAt: 100)

        let (before, early) = self.gift(promotion, at: 99)
        let (after, late) = self.gift(promotion, at: 100)

        #expect(before == .success(.one))
        #expect(early.before == LedgerTime(microseconds: 100))
        #expect(after == .failure(.expired))
        #expect(late.notBefore == LedgerTime(microseconds: 100))
    }

    @Test func `each rule has a refusal of its own`() {
        #expect(self.gift(self.promotion(isActive: false)).0 == .failure(.inactive))
        #expect(self.gift(self.promotion(maxUses: 2, uses: 2)).0 == .failure(.exhausted))
        #expect(self.gift(self.promotion(redeemers: [self.user])).0 == .failure(.redeemed))
    }

    @Test func `who has redeemed it hears that, whatever has become of the code`() {
        let promotion = self.promotion(
            maxUses: 1,
            expiresAt: 0,
            isActive: false,
            uses: 1,
            redeemers: [self.user]
        )

        #expect(self.gift(promotion).0 == .failure(.redeemed))
    }

    @Test func `a redemption counts for the next ones`() {
        var promotion = self.promotion(maxUses: 2, uses: 1)
        promotion.redeem(by: UUID())

        #expect(self.gift(promotion).0 == .failure(.exhausted))

        promotion = self.promotion(maxUses: 3, uses: 1)
        promotion.redeem(by: self.user)

        #expect(self.gift(promotion).0 == .failure(.redeemed))
    }
}
