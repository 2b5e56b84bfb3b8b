import Testing

@testable import hub_gateway

struct NamedTextTests {
    @Test func `reads the parameters of a query in their order`() throws {
        let parameters = try NamedText.query("a=1&b=x+y%26&a=2&flag&&c=d=e")

        #expect(
            parameters == [
                NamedText(name: "a", text: "1"), NamedText(name: "b", text: "x y&"), NamedText(name: "a", text: "2"),
                NamedText(name: "flag", text: ""), NamedText(name: "c", text: "d=e"),
            ]
        )
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "%=1", "a=%FF", "a=%C3%28"])
    func `refuses a malformed escape`(_ query: String) {
        #expect(throws: PercentEncoding.Malformed.self) { try NamedText.query(query) }
    }
}
