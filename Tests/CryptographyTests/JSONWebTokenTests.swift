import Cryptography
import Testing

@Suite struct JSONWebTokenTests {
    private let key: ES256SigningKey
    private let now: Int64 = 1_800_000_000
    private let header = #"{"alg":"ES256","kid":"k1","typ":"at+jwt"}"#
    private let claims = #"{"exp":1800000900,"iat":1800000000,"sub":"u1"}"#

    init() throws {
        self.key = try ES256SigningKey()
    }

    @Test func `reads the claims it signed`() throws {
        let claims = TokenMembers(["exp": .integer(now + 900), "iat": .integer(now), "sub": .string("ü \"\\\n/\u{1}")])
        let token = try JSONWebToken.sign(claims, type: "at+jwt", keyID: "k1", key: self.key)

        #expect(try self.verify(token) == claims)
    }

    @Test func `reads JSON with white space, escapes and any order of names`() throws {
        let token = try self.token(
            header: #" { "typ" : "at+jwt" , "kid":"k1","alg":"ES\u0032\u00356" } "#,
            claims: #"{"iat":1800000000,"sub":"\u00fc\/\b\t","n":-7,"exp":1800000900}"#
        )

        let claims = try self.verify(token)

        #expect(claims.string("sub") == "ü/\u{8}\t")
        #expect(claims.integer("n") == -7)
        #expect(claims.integer("sub") == nil && claims.string("n") == nil)
    }

    // MARK: Attacks on the header

    @Test(arguments: ["none", "None", "nOnE", "HS256", "ES384", "RS256", "es256", ""])
    func `refuses every other algorithm, signed or not`(algorithm: String) throws {
        let header = #"{"alg":"\#(algorithm)","kid":"k1","typ":"at+jwt"}"#
        let signed = try self.token(header: header)
        let unsigned = signed.prefix { $0 != "." } + "." + Base64URL.encode(Array(self.claims.utf8)) + "."

        for token in [signed, String(unsigned)] {
            #expect(throws: JSONWebToken.Refusal.wrongAlgorithm) { try self.verify(token) }
        }
    }

    @Test func `refuses a MAC made with the public key`() throws {
        let content = self.content(#"{"alg":"HS256","kid":"k1","typ":"at+jwt"}"#, self.claims)
        let mac = HMAC.sha256(content.utf8, key: try self.key.publicKey.der)

        #expect(throws: JSONWebToken.Refusal.wrongAlgorithm) {
            try self.verify("\(content).\(Base64URL.encode(mac))")
        }
    }

    @Test(arguments: ["k2", "../k1", "k1' OR '1'='1", "/dev/null", ""])
    func `looks a key up by its exact identifier`(keyID: String) throws {
        let token = try self.token(header: #"{"alg":"ES256","kid":"\#(keyID)","typ":"at+jwt"}"#)

        #expect(throws: JSONWebToken.Refusal.unknownKey) { try self.verify(token) }
    }

    @Test(arguments: [
        #""crit":["exp"]"#, #""crit":"exp""#, #""jku":"https://example.com/k""#, #""x5u":"https://example.com/c""#,
        #""jwk":{"kty":"EC"}"#, #""b64":false"#, #""cty":"JWT""#,
    ])
    func `refuses any further header`(member: String) throws {
        let token = try self.token(header: #"{"alg":"ES256","kid":"k1","typ":"at+jwt",\#(member)}"#)

        #expect(throws: JSONWebToken.Refusal.malformed) { try self.verify(token) }
    }

    @Test func `refuses a missing header and another type`() throws {
        let bare = try self.token(header: #"{"alg":"ES256","kid":"k1"}"#)
        let other = try self.token(header: #"{"alg":"ES256","kid":"k1","typ":"rt+jwt"}"#)

        #expect(throws: JSONWebToken.Refusal.malformed) { try self.verify(bare) }
        #expect(throws: JSONWebToken.Refusal.wrongType) { try self.verify(other) }
    }

    // MARK: Attacks on the claims

    @Test(arguments: [
        #""1800000900""#, "1800000900.0", "1.8e9", "1e400", "9223372036854775808", "01800000900", "-", "+1", "null",
        "true", "[1800000900]", "{}", "",
    ])
    func `refuses an end that is no whole number`(expiry: String) throws {
        let token = try self.token(claims: #"{"exp":\#(expiry),"iat":1800000000}"#)

        #expect(throws: JSONWebToken.Refusal.malformed) { try self.verify(token) }
    }

    @Test(arguments: [
        #"{"exp":1800000900,"iat":1800000000,"sub":"a","sub":"b"}"#,
        #"{"exp":1,"iat":1800000000,"\u0065xp":1800000900}"#,
        #"{"exp":1800000900,"iat":1800000000,}"#, #"{"exp":1800000900,"iat":1800000000} x"#,
        #"{"exp":1800000900 "iat":1800000000}"#, #"{"exp":1800000900,"iat":1800000000"#, #"{exp:1800000900}"#,
        #"{"exp":1800000900,"iat":1800000000,"s":"\ud83d\ude00"}"#, #"{"exp":1800000900,"iat":1800000000,"s":"\x"}"#,
        #"{"exp":1800000900,"iat":1800000000,"s":"\u00"}"#, "{\"exp\":1800000900,\"iat\":1800000000,\"s\":\"\n\"}",
        #"{"iat":1800000000}"#, #"{"exp":1800000900}"#, "{}", "[]", "", "null",
        #"{"exp":1800000900,"iat":1800000000,"nbf":"0"}"#,
    ])
    func `refuses duplicate claims and broken JSON`(claims: String) throws {
        let token = try self.token(claims: claims)

        #expect(throws: JSONWebToken.Refusal.malformed) { try self.verify(token) }
    }

    @Test func `refuses names and values that are not UTF-8`() throws {
        let token = try self.token(
            claims: Array(#"{"exp":1800000900,"iat":1800000000,"s":""#.utf8) + [0xFF, 0x22, 0x7D]
        )

        #expect(throws: JSONWebToken.Refusal.malformed) { try self.verify(token) }
    }

    @Test func `holds from its start to its end`() throws {
        let token = try self.token(claims: #"{"exp":1800000900,"iat":1800000000,"nbf":1800000100}"#)

        #expect(throws: JSONWebToken.Refusal.notYetValid) { try self.verify(token, at: 1_800_000_039) }
        #expect(throws: Never.self) { try self.verify(token, at: 1_800_000_040) }
        #expect(throws: Never.self) { try self.verify(token, at: 1_800_000_899) }
        #expect(throws: JSONWebToken.Refusal.expired) { try self.verify(token, at: 1_800_000_900) }
    }

    @Test func `refuses a token issued in the future`() throws {
        let token = try self.token()

        #expect(throws: JSONWebToken.Refusal.notYetValid) { try self.verify(token, at: self.now - 61) }
    }

    // MARK: Attacks on the signature and the form

    @Test func `refuses zero, DER, foreign, missing and padded signatures`() throws {
        let content = self.content(self.header, self.claims)
        let signature = try self.key.sign(Array(content.utf8))
        let der = hex("3044 0220") + signature.prefix(32) + hex("0220") + signature.suffix(32)
        let foreign = try ES256SigningKey().sign(Array(content.utf8))

        for wrong in [[UInt8](repeating: 0, count: 64), der, foreign, []] {
            #expect(throws: JSONWebToken.Refusal.badSignature) {
                try self.verify("\(content).\(Base64URL.encode(wrong))")
            }
        }
        #expect(throws: JSONWebToken.Refusal.malformed) {
            try self.verify("\(content).\(Base64URL.encode(signature))==")
        }
    }

    @Test func `refuses claims that were not signed`() throws {
        let token = try self.token()
        let parts = token.split(separator: ".")
        let other = Base64URL.encode(Array(#"{"exp":1800000900,"iat":1800000000,"sub":"root"}"#.utf8))

        #expect(throws: JSONWebToken.Refusal.badSignature) { try self.verify("\(parts[0]).\(other).\(parts[2])") }
    }

    @Test(arguments: [
        "", ".", "..", "...", "a.b.c", "a.b", "e30.e30.", "é.é.é", String(repeating: "A", count: 1_048_576),
    ])
    func `refuses what has not the form of a token`(token: String) {
        #expect(throws: JSONWebToken.Refusal.malformed) { try self.verify(token) }
    }

    @Test func `looks at no token above 8 KiB`() throws {
        let claims = #"{"exp":1800000900,"iat":1800000000,"s":"\#(String(repeating: "a", count: 8_192))"}"#
        let token = try self.token(claims: claims)

        #expect(throws: JSONWebToken.Refusal.malformed) { try self.verify(token) }
    }

    // MARK: Arrangement

    @discardableResult
    private func verify(_ token: String, at now: Int64? = nil) throws -> TokenMembers {
        try JSONWebToken.verify(token, type: "at+jwt", now: now ?? self.now) { $0 == "k1" ? self.key.publicKey : nil }
    }

    /// A token that is signed rightly, whatever it says.
    private func token(header: String? = nil, claims: String? = nil) throws -> String {
        try self.token(header: header, claims: Array((claims ?? self.claims).utf8))
    }

    private func token(header: String? = nil, claims: [UInt8]) throws -> String {
        let content = "\(Base64URL.encode(Array((header ?? self.header).utf8))).\(Base64URL.encode(claims))"
        return "\(content).\(Base64URL.encode(try self.key.sign(Array(content.utf8))))"
    }

    private func content(_ header: String, _ claims: String) -> String {
        "\(Base64URL.encode(Array(header.utf8))).\(Base64URL.encode(Array(claims.utf8)))"
    }
}
