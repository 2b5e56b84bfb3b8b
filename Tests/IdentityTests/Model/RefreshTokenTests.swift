import Cryptography
import Foundation
import Testing

@testable import Identity

@Suite struct RefreshTokenTests {
    private let key = Randomness.bytes(32)
    private let session = UUID()

    @Test(arguments: [0, 1, 256, Int64.max])
    func `reads back what it wrote`(counter: Int64) throws {
        let token = RefreshToken(sessionID: self.session, counter: counter, key: self.key)

        let again = try #require(RefreshToken(token.text))

        #expect(again == token)
        #expect(again.isAuthentic(self.key))
        #expect(token.text.utf8.count == 60)
    }

    @Test func `is authentic only under its session's key`() {
        let token = RefreshToken(sessionID: self.session, counter: 1, key: self.key)

        #expect(!token.isAuthentic(Randomness.bytes(32)))
    }

    @Test func `cannot be changed without the key, even by who mends the checksum`() throws {
        let token = RefreshToken(sessionID: self.session, counter: 1, key: self.key)
        let bytes = try #require(Base64URL.decode(token.text))

        for place in 1..<41 {
            var body = Array(bytes.dropLast(4))
            body[place] ^= 1
            let forged = RefreshToken(Base64URL.encode(body + SHA256.hash(body).prefix(4)))
            #expect(forged?.isAuthentic(self.key) != true)
        }
    }

    @Test func `sheds junk, typing errors and other versions`() throws {
        let text = RefreshToken(sessionID: self.session, counter: 1, key: self.key).text
        var other = try #require(Base64URL.decode(text)).dropLast(4).map { $0 }
        other[0] = 2
        let typing = String(text.reversed())

        #expect(RefreshToken(Base64URL.encode(other + SHA256.hash(other).prefix(4))) == nil)
        for junk in [
            "", "x", typing, text + "A", String(text.dropLast()), text + "=", String(repeating: "A", count: 1_000_000),
        ] {
            #expect(RefreshToken(junk) == nil)
        }
    }
}
