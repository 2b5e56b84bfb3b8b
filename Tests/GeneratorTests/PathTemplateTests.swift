import Testing

@testable import protoc_gen_hub

struct PathTemplateTests {
    @Test func `a path of literals has no variables`() throws {
        let template = try PathTemplate(parsing: "/api/credits/holds")

        #expect(template.segments == [.literal("api"), .literal("credits"), .literal("holds")])
        #expect(template.variables == [])
        #expect(template.verb == nil)
    }

    @Test func `a variable takes one segment`() throws {
        let template = try PathTemplate(parsing: "/holds/{hold_id}/settle")

        #expect(template.segments == [.literal("holds"), .one, .literal("settle")])
        #expect(template.variables == [.init(fieldPath: ["hold_id"], segments: 1..<2)])
    }

    @Test func `a variable with a pattern takes its segments`() throws {
        let template = try PathTemplate(parsing: "/v1/{thing.name=shelves/*/**}:open")

        #expect(template.segments == [.literal("v1"), .literal("shelves"), .one, .rest])
        #expect(template.variables == [.init(fieldPath: ["thing", "name"], segments: 1..<4)])
        #expect(template.verb == "open")
    }

    @Test func `a variable may hold a colon only by its verb`() throws {
        let template = try PathTemplate(parsing: "/things/{id}:open")

        #expect(template.segments == [.literal("things"), .one])
        #expect(template.verb == "open")
    }

    @Test(
        arguments: [
            ("", "it does not start with '/'"),
            ("things", "it does not start with '/'"),
            ("/", "a segment is empty"),
            ("/things/", "a segment is empty"),
            ("/**/things", "'**' is not at the end"),
            ("/{a=**}/{b}", "'**' is not at the end"),
            ("/{a{b}}", "braces do not match or nest"),
            ("/a}", "braces do not match or nest"),
            ("/{a", "a brace is not closed"),
            ("/{a}b", "something follows the variable in '{a}b'"),
            ("/{}", "'' does not name a field"),
            ("/{a..b}", "'a..b' does not name a field"),
            ("/{1a}", "'1a' does not name a field"),
            ("/{a=}", "a segment is empty"),
            ("/{a}/{a}", "variable 'a' occurs twice"),
            ("/a*", "'*' cannot stand in the segment 'a*'"),
            ("/a?b", "'?' cannot stand in the segment 'a?b'"),
            ("/a:", "nothing follows the last ':'"),
        ]
    )
    func `a malformed template says why`(text: String, reason: String) {
        let error = #expect(throws: PathTemplate.Malformed.self) { try PathTemplate(parsing: text) }

        #expect(error?.reason == reason)
    }
}
