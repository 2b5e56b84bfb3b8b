import Testing

@testable import Redis

struct ReplyParserTests {
    @Test(arguments: [
        ("+OK\r\n", Reply.status("OK")),
        ("-ERR no\r\n", .error("ERR no")),
        (":-9223372036854775808\r\n", .integer(.min)),
        ("$5\r\na\r\nb\0\r\n", .string(Array("a\r\nb\0".utf8))),
        ("$0\r\n\r\n", .string([])),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("*0\r\n", .array([])),
        (
            "*3\r\n:1\r\n*2\r\n$1\r\na\r\n$-1\r\n+x\r\n",
            .array([.integer(1), .array([.string([97]), .null]), .status("x")])
        ),
    ])
    func `reads every kind of reply, whole and byte by byte`(bytes: String, reply: Reply) throws {
        #expect(try replies(in: [bytes]) == [reply])
        #expect(try replies(in: bytes.utf8.map { String(decoding: [$0], as: UTF8.self) }) == [reply])
    }

    @Test func `reads several replies from one piece`() throws {
        #expect(try replies(in: ["+a\r\n:2\r\n+", "c\r\n"]) == [.status("a"), .integer(2), .status("c")])
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n", "%1\r\n+a\r\n+b\r\n", "_\r\n", ":x\r\n", "$-7\r\n", "\0\0\0\0"])
    func `anything else is a broken protocol`(bytes: String) {
        let caught = #expect(throws: RedisError.self) { try replies(in: [bytes]) }

        #expect(caught?.kind == .brokenProtocol)
    }

    @Test func `arrays nest seven deep`() throws {
        let seven = try replies(in: [String(repeating: "*1\r\n", count: 7) + ":1\r\n"])

        #expect(seven == [(0..<7).reduce(Reply.integer(1)) { reply, _ in .array([reply]) }])
        #expect(throws: RedisError.self) { try replies(in: [String(repeating: "*1\r\n", count: 9) + ":1\r\n"]) }
    }

    @Test func `a reply longer than the bound is a broken protocol`() {
        #expect(throws: RedisError(.brokenProtocol, "an answer is longer than 100 bytes")) {
            try replies(in: ["$200\r\n" + String(repeating: "x", count: 110)], byteLimit: 100)
        }
    }

    private func replies(in pieces: [String], byteLimit: Int = 1 << 20) throws -> [Reply] {
        guard var parser = ReplyParser(byteLimit: byteLimit) else { return [] }
        var replies: [Reply] = []
        for piece in pieces {
            try Array(piece.utf8).withUnsafeBytes { try parser.feed($0) }
            while let reply = try parser.next() { replies.append(reply) }
        }
        return replies
    }
}
