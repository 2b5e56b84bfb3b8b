import Testing

@testable import hub_gateway

struct PathTemplateTests {
    @Test func `reads literals, variables and the verb`() throws {
        let template = try PathTemplate("/api/holds/{hold_id}/lines/{line=*}:settle")

        #expect(template.segments == [.literal("api"), .literal("holds"), .one, .literal("lines"), .one])
        #expect(template.variables.map(\.field) == ["hold_id", "line"])
        #expect(template.variables.map(\.segments) == [2..<3, 4..<5])
        #expect(template.verb == "settle")
    }

    @Test func `reads a variable of several segments`() throws {
        let template = try PathTemplate("/v1/{name=shelves/*/books/**}")

        #expect(template.segments == [.literal("v1"), .literal("shelves"), .one, .literal("books"), .rest])
        #expect(template.variables.map(\.segments) == [1..<5])
    }

    @Test(
        arguments: [
            "", "api", "/api//models", "/{}", "/{a", "/a}", "/a{b}", "/**/a", "/{a=**}/b", "/{a}/{a}", "/a:",
            "/{a={b}}",
        ]
    )
    func `refuses what the grammar does not know`(_ text: String) {
        #expect(throws: PathTemplate.Malformed(template: text)) { try PathTemplate(text) }
    }

    @Test func `decodes a variable of one segment completely`() throws {
        let template = try PathTemplate("/users/{user}")

        let values = try template.values(in: ["users", "a%2Fb%20c"])

        #expect(values == [NamedText(name: "user", text: "a/b c")])
    }

    @Test func `keeps an encoded slash in a variable of several segments`() throws {
        let template = try PathTemplate("/files/{path=**}")

        let values = try template.values(in: ["files", "a%2Fb", "c%20d"])

        #expect(values == [NamedText(name: "path", text: "a%2Fb/c d")])
    }
}
