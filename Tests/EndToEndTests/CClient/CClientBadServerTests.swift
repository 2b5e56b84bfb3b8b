import Support
import Testing

/// The client in C against servers that break the protocol.
@Suite struct CClientBadServerTests {
    /// What a server answers to Login, how the client ends, and what it says.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: [UInt8]
        var closes = false
        let exit: Int32
        let error: String
    }

    private static let cases = [
        Case(testDescription: "nothing", answer: [], closes: true, exit: 7, error: "UNAVAILABLE: the server closed"),
        Case(
            testDescription: "half a header",
            answer: [0, 0, 0, 9, 0],
            closes: true,
            exit: 7,
            error: "UNAVAILABLE: the server closed"
        ),
        Case(
            testDescription: "half a body",
            answer: frame(length: 9, [1, 2]),
            closes: true,
            exit: 7,
            error: "UNAVAILABLE: the server closed"
        ),
        Case(
            testDescription: "another protocol",
            answer: Array("HTTP/1.1 400 Bad Request\r\n".utf8),
            exit: 1,
            error: "INTERNAL: what the server sends is not ttRPC"
        ),
        Case(
            testDescription: "a body that is too long",
            answer: frame(length: 4 << 20 + 1, Array(repeating: 7, count: 4 << 20 + 1)),
            exit: 6,
            error: "RESOURCE_EXHAUSTED: an answer of 4194305 bytes is too long"
        ),
        Case(
            testDescription: "an envelope that is no envelope",
            answer: frame([0x0a, 0x7f]),
            exit: 1,
            error: "INTERNAL: the server sent a response that cannot be read"
        ),
        Case(
            testDescription: "a message that is no message",
            answer: frame([0x12, 2, 0x0a, 0x7f]),
            exit: 1,
            error: "INTERNAL: the server sent a hub.identity.v1.TokenPair that cannot be read"
        ),
        Case(
            testDescription: "a code that no one knows",
            answer: frame([0x0a, 2, 0x08, 99]),
            exit: 1,
            error: "UNKNOWN: "
        ),
        Case(
            testDescription: "data where one response is due",
            answer: frame(type: 3, [1]),
            exit: 1,
            error: "INTERNAL: the server streams an answer to Login"
        ),
        Case(
            testDescription: "unknown frames and frames of other streams, then an error without details",
            answer: frame(type: 0x80, stream: .max, [1]) + frame(type: 9, [1]) + frame(stream: 3, [0x0a, 2, 0x08, 5])
                + frame(flags: 0xf8, [0x0a, 2, 0x08, 7]),
            exit: 4,
            error: "PERMISSION_DENIED: "
        ),
    ]

    @Test(arguments: cases) func `ends with a clear error`(_ bad: Case) async throws {
        let client = try await CClient.built()

        let run = try await ScriptedPeer.with(bad.answer, closes: bad.closes) { peer in
            try await client.run(
                ["--server", peer.address, "hello"],
                environment: ["HUB_EMAIL": "somebody@example.org", "HUB_PASSWORD": "whatever"]
            )
        }

        #expect(run.exit == .code(bad.exit))
        #expect(run.errors.hasPrefix("c-client: Login: \(bad.error)"), "\(run.errors)")
        #expect(run.output == "")
    }

    private static func frame(
        type: UInt8 = 2,
        stream: UInt32 = 1,
        flags: UInt8 = 0,
        length: Int? = nil,
        _ body: [UInt8]
    ) -> [UInt8] {
        let header = [UInt32(length ?? body.count), stream].flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) }
        return header + [type, flags] + body
    }
}
