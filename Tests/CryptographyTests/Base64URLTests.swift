import Cryptography
import Testing

@Suite struct Base64URLTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("foobar", "Zm9vYmFy"),
    ])
    func `writes and reads the vectors of RFC 4648 without padding`(plain: String, text: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == text)
        #expect(Base64URL.decode(text) == Array(plain.utf8))
    }

    @Test func `reads back any bytes`() {
        for length in 0...100 {
            let bytes = Randomness.bytes(length)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
    }

    @Test(arguments: ["Zg==", "Z", "Zm9vY", "Zh", "Zm9=", "Zm 8", "Zm+8", "Zm/8", "Zmé8", "Zm8\n"])
    func `refuses padding, foreign characters and bits that no byte uses`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
