import Testing

@testable import protoc_gen_hub

struct SwiftSourceTests {
    @Test(
        arguments: [
            ("plain", #""plain""#),
            ("a\"b\\(c)", #""a\"b\\(c)""#),
            ("line\nend\u{1b}", #""line\nend\u{1b}""#),
        ]
    )
    func `a literal is escaped`(text: String, literal: String) {
        #expect(SwiftSource.literal(text) == literal)
    }

    @Test(arguments: [("PlaceHold", "placeHold"), ("GetURL", "getURL"), ("Import", "`import`"), ("Self", "`self`")])
    func `a method's name is a Swift name`(name: String, swiftName: String) {
        #expect(swiftMemberName(name) == swiftName)
    }

    @Test func `empty lines are not indented`() {
        #expect("a\n\nb".indented(2) == "        a\n\n        b")
    }
}
