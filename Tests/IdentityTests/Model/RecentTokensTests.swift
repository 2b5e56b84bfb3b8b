import Foundation
import Testing

@testable import Identity

@Suite struct RecentTokensTests {
    @Test func `remembers the younger half for certain and never more than its limit`() {
        var tokens = RecentTokens(limit: 10)
        let claims = AccessClaims(userID: UUID(), sessionID: UUID(), issuedAt: 1, expiresAt: 2)

        for number in 0..<100 as Range<UInt8> {
            tokens.insert(claims, of: [number])
            #expect(tokens.count <= 10)
            #expect(tokens.claims(of: [number]) == claims)
        }

        #expect((95..<100).allSatisfy { tokens.claims(of: [$0]) == claims })
        #expect(tokens.claims(of: [50]) == nil)
    }
}
