import Foundation
import SwiftProtobuf
import Testing

@testable import RPC

/// Requests read with the last one in mind, against the same read for themselves.
struct RequestMemoryTests {
    private let hand: ConnectionInHand
    private let connection: ServerConnection

    init() throws {
        self.hand = try ConnectionInHand()
        self.connection = self.hand.connection
    }

    /// What matters of a request that was read; nil if it is malformed.
    private struct Reading: Equatable {
        var method: String?
        var pairs: [Metadata.Pair] = []
        var credential: String?
        var payload: [UInt8]
        var timeout: Int64
    }

    private func read(_ bytes: [UInt8], with memory: inout RequestMemory) -> (RequestHead?, Reading?) {
        guard let envelope = try? memory.parse(bytes.span) else { return (nil, nil) }
        let head = memory.head(
            of: envelope,
            in: bytes.span,
            on: self.connection,
            among: self.connection.service.methods
        )
        let reading = Reading(
            method: head?.method.path,
            pairs: head?.metadata.pairs ?? [],
            credential: head?.credential?.text,
            payload: Array(bytes[envelope.payload]),
            timeout: envelope.timeout
        )
        return (head, reading)
    }

    private func head(_ metadata: [(String, String)], with memory: inout RequestMemory) throws -> RequestHead {
        let request = try Frame.request(EchoService.echo, .of("key"), on: 1, metadata: metadata).body
        return try #require(self.read(request, with: &memory).0)
    }

    @Test(arguments: 0..<300)
    func `reads each request as if it was the first`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var memory = RequestMemory()
        for _ in 0..<30 {
            let bytes = try Self.request(&random)
            var none = RequestMemory()
            #expect(self.read(bytes, with: &memory).1 == self.read(bytes, with: &none).1)
        }
    }

    @Test func `requests that are alike share what was read of them`() throws {
        var memory = RequestMemory()
        let first = try self.head([("authorization", "Bearer one"), ("a", "b")], with: &memory)

        #expect(try self.head([("authorization", "Bearer one"), ("a", "b")], with: &memory) === first)
        #expect(try self.head([("authorization", "Bearer one"), ("a", "c")], with: &memory) !== first)
    }

    @Test func `a caller's credential is the same until it is another`() throws {
        var memory = RequestMemory()
        let one = try #require(try self.head([("authorization", "Bearer one")], with: &memory).credential)

        let traced = try self.head([("traceparent", "x"), ("authorization", "Bearer one")], with: &memory)
        let other = try self.head([("authorization", "Bearer two")], with: &memory)
        let both = try self.head([("authorization", "Bearer two"), ("authorization", "Bearer two")], with: &memory)

        #expect(traced.credential === one)
        #expect(other.credential?.text == "Bearer two")
        #expect(both.credential == nil)
    }

    @Test func `long metadata is read but not kept`() throws {
        var memory = RequestMemory()
        let long = [("authorization", "Bearer one"), ("long", String(repeating: "x", count: 3_000))]
        let first = try self.head(long, with: &memory)

        #expect(try self.head(long, with: &memory) !== first)
        #expect(first.metadata["long"]?.utf8.count == 3_000)
    }

    @Test func `a closed connection forgets its last request`() throws {
        weak var connection: ServerConnection?
        do {
            let hand = try ConnectionInHand()
            connection = hand.connection
            _ = try hand.exchange(Frame.request(EchoService.echo, .of("key"), on: 1))
            hand.hangUp()
        }
        #expect(connection == nil)
    }

    /// Requests of which many resemble each other, with fields in any order, twice, damaged or left out.
    private static func request(_ random: inout SeededGenerator) throws -> [UInt8] {
        var fields: [[UInt8]] = []
        func add(_ populator: (inout Ttrpc_Request) -> Void) throws {
            fields.append(try Ttrpc_Request.with(populator).serializedBytes())
        }
        let isPlain = Int.random(in: 0..<4, using: &random) > 0
        try add { $0.service = EchoService.name }
        let names = ["Echo", "Echo", "Metadata", "Nothing"]
        let name = names.randomElement(using: &random)
        try add { $0.method = name ?? "" }
        let payload = Data(random.bytes(upTo: 3))
        try add { $0.payload = payload }
        let timeout = Int64.random(in: -1...2, using: &random)
        try add { $0.timeoutNano = timeout }
        let tokens = ["Bearer one", "Bearer one", "Bearer two", "é", ""]
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let key = ["authorization", "Authorization", "k", ""].randomElement(using: &random)
            let value = tokens.randomElement(using: &random)
            try add { $0.metadata = [.of(key ?? "", value: value ?? "")] }
        }
        if isPlain { return fields.flatMap(\.self) }
        if Bool.random(using: &random) { fields.shuffle(using: &random) }
        if Bool.random(using: &random), let again = fields.randomElement(using: &random) { fields.append(again) }
        if Bool.random(using: &random) { fields.append([0x0A, 0]) }  // a service without a name
        var bytes = fields.flatMap(\.self)
        if Int.random(in: 0..<3, using: &random) == 0, let index = bytes.indices.randomElement(using: &random) {
            bytes[index] = .random(in: 0 ... .max, using: &random)
        }
        return bytes
    }
}
