import Cryptography
import Testing

@Suite struct ES256Tests {
    /// SubjectPublicKeyInfo of P-256 up to the point's coordinates.
    private let header = hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")

    @Test func `verifies the example of RFC 7515, A.3`() throws {
        let x = try #require(Base64URL.decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"))
        let y = try #require(Base64URL.decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        let key = try ES256PublicKey(der: self.header + x + y)
        let signature = try #require(
            Base64URL.decode("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")
        )
        let message = """
            eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290\
            Ijp0cnVlfQ
            """

        #expect(key.isValid(signature, for: Array(message.utf8)))
        #expect((key.x, key.y) == (x, y))
    }

    @Test func `signs 64 bytes that only its own public key accepts`() throws {
        let key = try ES256SigningKey()
        let other = try ES256SigningKey()

        let signature = try key.sign(Array("message".utf8))

        #expect(signature.count == 64)
        #expect(key.publicKey.isValid(signature, for: Array("message".utf8)))
        #expect(!key.publicKey.isValid(signature, for: Array("massage".utf8)))
        #expect(!other.publicKey.isValid(signature, for: Array("message".utf8)))
    }

    @Test func `always signs 64 bytes, however small the numbers are`() throws {
        let key = try ES256SigningKey()

        for round in 0..<600 as Range<UInt16> {
            let message = [UInt8(round >> 8), UInt8(round & 0xFF)]
            let signature = try key.sign(message)
            #expect(signature.count == 64 && key.publicKey.isValid(signature, for: message))
        }
    }

    @Test func `survives export and import`() throws {
        let key = try ES256SigningKey()

        let again = try ES256SigningKey(der: key.der)
        let publicAgain = try ES256PublicKey(der: key.publicKey.der)

        #expect(publicAgain.isValid(try again.sign([1]), for: [1]))
        #expect((publicAgain.x, publicAgain.y) == (key.publicKey.x, key.publicKey.y))
        #expect(key.publicKey.x.count == 32 && key.publicKey.y.count == 32)
    }

    @Test func `refuses zero, DER, short and long signatures`() throws {
        let key = try ES256SigningKey()
        let signature = try key.sign([1])
        let der = hex("3044 0220") + signature.prefix(32) + hex("0220") + signature.suffix(32)

        for wrong in [[], [UInt8](repeating: 0, count: 64), der, Array(signature.dropLast()), signature + [0]] {
            #expect(!key.publicKey.isValid(wrong, for: [1]))
        }
    }

    @Test func `refuses keys that are junk or on another curve`() throws {
        let secp256k1 = hex("3056301006072a8648ce3d020106052b8104000a03420004")
        let generator = hex(
            """
            79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798
            483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8
            """
        )

        #expect(throws: CryptographyError.self) {
            try ES256PublicKey(der: secp256k1 + generator)
        }
        #expect(throws: CryptographyError.self) {
            try ES256PublicKey(der: self.header + [UInt8](repeating: 1, count: 64))
        }
        #expect(throws: CryptographyError.self) { try ES256PublicKey(der: []) }
        #expect(throws: CryptographyError.self) { try ES256SigningKey(der: [1, 2, 3]) }
    }
}
