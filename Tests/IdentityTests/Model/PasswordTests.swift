import Testing

@testable import Identity

@Suite struct PasswordTests {
    private let pepper: [UInt8] = Array(1...32)

    @Test func `takes 1 to 1,024 bytes`() {
        #expect(Password("") == nil)
        #expect(Password(String(repeating: "x", count: 1_024)) != nil)
        #expect(Password(String(repeating: "x", count: 1_025)) == nil)
        #expect(Password(String(repeating: "ü", count: 513)) == nil)
    }

    @Test(arguments: [
        ("sh0rt", Password.Weakness.tooShort), ("äöüäöüä", .tooShort), ("12345678", .common), ("PASSWORD", .common),
        ("Qwertyuiop", .common), ("iloveyou", .common), ("ada.lovelace@example.com", .namesAccount),
        ("Ada.Lovelace", .namesAccount),
    ])
    func `refuses a weak one as a new password`(text: String, weakness: Password.Weakness) throws {
        let email = try #require(EmailAddress("Ada.Lovelace@example.com"))

        #expect(try #require(Password(text)).weakness(for: email) == weakness)
    }

    @Test(arguments: ["äöüäöüäö", "correct horse battery staple", "        ", "aA1!aA1!", "passwort des Tages"])
    func `asks for length and not for kinds of characters`(text: String) throws {
        let email = try #require(EmailAddress("ada@example.com"))

        #expect(try #require(Password(text)).weakness(for: email) == nil)
    }

    @Test func `the list is long, in lower case, and holds only what the length would let pass`() {
        #expect(commonPasswords.count > 1_500)
        #expect(commonPasswords.allSatisfy { $0.count >= 8 && $0 == $0.lowercased() })
    }

    @Test func `becomes a secret that bcrypt sees whole, whatever its length and bytes`() throws {
        let short = try #require(Password("a\u{0}b")).secret(pepper: self.pepper)
        let other = try #require(Password("a\u{0}c")).secret(pepper: self.pepper)
        let long = try #require(Password(String(repeating: "x", count: 1_024))).secret(pepper: self.pepper)
        let longer = try #require(Password(String(repeating: "x", count: 1_023) + "y")).secret(pepper: self.pepper)

        #expect(Set([short, other, long, longer]).count == 4)
        #expect([short, other, long, longer].allSatisfy { $0.count == 43 && !$0.contains(0) })
    }

    @Test func `is the same however the keyboard composes it, and another under another pepper`() throws {
        let composed = try #require(Password("caf\u{E9} und mehr"))
        let decomposed = try #require(Password("cafe\u{301} und mehr"))

        #expect(composed.secret(pepper: self.pepper) == decomposed.secret(pepper: self.pepper))
        #expect(composed.secret(pepper: self.pepper) != composed.secret(pepper: Array(2...33)))
    }
}
