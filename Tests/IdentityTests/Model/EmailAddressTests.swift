import Testing

@testable import Identity

@Suite struct EmailAddressTests {
    @Test(arguments: [
        "a@b", "ada@example.com", "Ada.Lovelace+hub@Mail.Example.com", "o'hara_1@x-y.example", "1@2.3",
        "root@localhost",
        "a@xn--bcher-kva.example",
    ])
    func `takes an address and keeps it as it was given`(text: String) throws {
        let address = try #require(EmailAddress(text))

        #expect(address.text == text)
        #expect(address.key == text.lowercased())
    }

    @Test(arguments: [
        "", "@", "a", "a@", "@b", "a@b@c", "a b@c", " a@b", "a@b ", "a@b\n", "a\u{0}@b", ".a@b", "a.@b", "a..b@c",
        "a@.b",
        "a@b.", "a@b..c", "a@-b", "a@b-", "a@b_c", "ä@b", "a@bücher.example", "a,b@c", "<a@b>", "\"a\"@b",
        "a@[127.0.0.1]",
        "\u{212A}@b", "a@b\u{FF0E}c",
    ])
    func `refuses what is no address or could look like another`(text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test func `takes 254 bytes, 64 before the at sign and 63 per label, and not one more`() {
        let label = String(repeating: "x", count: 63)
        let local = String(repeating: "l", count: 64)
        let longest = "\(local)@\(label).\(label).\(String(repeating: "y", count: 61))"

        #expect(longest.utf8.count == 254)
        #expect(EmailAddress(longest) != nil)
        #expect(EmailAddress(longest + "y") == nil)
        #expect(EmailAddress("l\(local)@b") == nil)
        #expect(EmailAddress("a@x\(label)") == nil)
    }

    @Test func `names its first part in lower case`() {
        #expect(EmailAddress("Ada.L@b")?.localPart == "ada.l")
    }
}
