import Testing

@testable import Providers

@Suite struct EventStreamParserTests {
    private static let text = "data: {\"a\":1}\n\n: working\n\ndata:Grüße 👋🏽\ndata:  漢字\n\ndata: [DONE]\n\n"
    private static let events = ["{\"a\":1}", "Grüße 👋🏽\n 漢字", "[DONE]"]

    @Test(arguments: ["\n", "\r", "\r\n"])
    func `reads the same events with every line end, byte by byte`(lineEnd: String) throws {
        var parser = EventStreamParser()

        let events = try Array(Self.text.lines(endingIn: lineEnd)).flatMap { try parser.feed([$0]) }

        #expect(events.map(String.init(utf8:)) == Self.events)
    }

    @Test(arguments: ["\n", "\r", "\r\n"])
    func `reads the same events wherever the bytes are split in two`(lineEnd: String) throws {
        let bytes = Self.text.lines(endingIn: lineEnd)

        for position in bytes.indices {
            var parser = EventStreamParser()
            let events = try parser.feed(bytes[..<position]) + parser.feed(bytes[position...])

            #expect(events.map(String.init(utf8:)) == Self.events, "split at \(position)")
        }
    }

    @Test(arguments: [
        ("data\n\n", [""]),
        ("data:\n\n", [""]),
        ("data: \n\n", [""]),
        ("data:x:y\n\n", ["x:y"]),
        ("\u{FEFF}data: x\n\n", ["x"]),
        ("event: ping\nid: 1\nretry: 5\n\n", []),
        ("event: error\ndata: x\n\n", ["x"]),
        ("database: x\n\n", []),
        (" data: x\n\n", []),
        (":\n\n:data: x\n\n\n\n", []),
        ("data: unfinished\n", []),
        ("data: unfinished", []),
        ("", []),
    ])
    func `takes data lines only, and only of finished events`(text: String, expected: [String]) throws {
        var parser = EventStreamParser()

        let events = try parser.feed(text.utf8)

        #expect(events.map(String.init(utf8:)) == expected)
    }

    @Test(arguments: [
        String(repeating: "x", count: 100),
        ": " + String(repeating: "comment ", count: 20),
        String(repeating: "data: x\n", count: 60),
    ])
    func `refuses an event larger than its limit`(text: String) {
        var parser = EventStreamParser(limit: 99)

        #expect(throws: EventStreamParser.EventTooLarge.self) { try parser.feed(text.utf8) }
    }

    @Test func `counts each event on its own`() throws {
        var parser = EventStreamParser(limit: 99)

        let events = try parser.feed(String(repeating: "data: x\n\n", count: 1000).utf8)

        #expect(events.count == 1000)
    }
}

extension String {
    fileprivate init(utf8 bytes: [UInt8]) { self.init(decoding: bytes, as: UTF8.self) }

    fileprivate func lines(endingIn lineEnd: String) -> [UInt8] {
        Array(self.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: lineEnd).utf8)
    }
}
