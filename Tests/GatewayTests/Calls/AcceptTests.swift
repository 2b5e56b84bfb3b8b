import Testing

@testable import hub_gateway

struct AcceptTests {
    static let offers: [MediaType] = [.jsonLines, .eventStream, .json]

    @Test(
        arguments: [
            (nil, .jsonLines), ("*/*", .jsonLines), ("text/event-stream", .eventStream), ("application/json", .json),
            ("application/x-ndjson", .jsonLines), ("application/*", .jsonLines), ("text/*", .eventStream),
            ("APPLICATION/JSON ; charset=utf-8", .json), ("text/html, application/json;q=0.9, */*;q=0.8", .json),
            ("application/json;q=0.5, text/event-stream;q=0.7", .eventStream),
            ("*/*, application/x-ndjson;q=0", .eventStream), ("application/json, application/x-ndjson", .jsonLines),
        ] as [(String?, MediaType)]
    )
    func `chooses what the caller prefers`(_ header: String?, _ choice: MediaType) {
        #expect(Accept(header).best(of: Self.offers) == choice)
    }

    @Test(arguments: ["text/html", "image/*", "*/*;q=0", "", "application/json;q=0"])
    func `finds nothing that the caller takes`(_ header: String) {
        #expect(Accept(header).best(of: Self.offers) == nil)
    }

    @Test(arguments: [nil, "application/json", "Application/JSON", "application/json; charset=utf-8"])
    func `takes a body as JSON`(_ contentType: String?) {
        #expect(MediaType.json.isNamed(by: contentType))
    }

    @Test(arguments: ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
    func `takes no other body as JSON`(_ contentType: String) {
        #expect(!MediaType.json.isNamed(by: contentType))
    }
}
