import NIOCore
import SwiftProtobuf
import Testing

@testable import RPC

/// Compressed bodies, both ways, and what is no such thing.
struct CompressionTests {
    private static let text = String(repeating: "x", count: 40_000)

    private static func compressed(_ frame: Frame) throws -> Frame {
        var frame = frame
        let short = try #require(Codec.deflate.compress(ByteBuffer(bytes: frame.body)))
        frame.body = Array(short.readableBytesView)
        frame.flags |= 0x80
        return frame
    }

    @Test func `takes compressed requests and messages`() throws {
        let server = try ConnectionInHand.extended()

        let answers = try server.exchange(
            try Self.compressed(.request(EchoService.metadata, .of(Self.text), on: 3)),
            .request(EchoService.join, on: 5, flags: 6),
            try Self.compressed(.data(.of(Self.text), on: 5, flags: 1))
        )

        #expect(answers.first { $0.stream == 3 }?.type == 2)
        #expect(answers.on(5).bodyBytes > 40_000)
    }

    @Test func `compresses answers if it is to, and only what shrinks`() throws {
        let server = try ConnectionInHand.extended(.with { $0.compressesResponses = true })

        let answers = try server.exchange(
            .request(EchoService.echo, .of(Self.text), on: 3),
            .request(EchoService.echo, .of("short"), on: 5),
            .request(EchoService.largeStream, .of("40000"), on: 7)
        )

        let unary = try #require(answers.first { $0.stream == 3 })
        let original = try Codec.deflate.decompress(ByteBuffer(bytes: unary.body), limit: 100_000)
        #expect(unary.flags == 0x80)
        #expect(unary.body.count < 1000)
        #expect(try Ttrpc_Response(serializedBytes: Array(original.readableBytesView)).payload.count > 40_000)
        #expect(answers.contains(try .response(.of("short"), on: 5)))
        #expect(answers.first { $0.stream == 7 }?.flags == 0x80)
    }

    @Test func `compresses nothing for a client that takes nothing compressed`() throws {
        let client = Ttrpc_Settings.test { $0.codecs = [] }
        let server = try ConnectionInHand.extended(.with { $0.compressesResponses = true }, client: client)

        let answers = try server.exchange(.request(EchoService.echo, .of(Self.text), on: 3))

        #expect(answers.bodyBytes > 40_000)
    }

    @Test func `what does not decompress ends its call`() throws {
        let server = try ConnectionInHand.extended()
        let garbage: [UInt8] = Array(repeating: 7, count: 100)

        let answers = try server.exchange(
            Frame(stream: 3, type: 1, flags: 0x80, body: garbage),
            .request(EchoService.join, on: 5, flags: 6),
            Frame(stream: 5, type: 3, flags: 0x80, body: garbage),
            .request(EchoService.echo, .of("hi"), on: 7)
        )

        let errors = try answers.filter { $0.stream < 7 }.map { try $0.status }
        #expect(errors.map(\.errorInfo?.reason) == ["MALFORMED_COMPRESSION", "MALFORMED_COMPRESSION"])
        #expect(errors.map(\.code) == [.internal, .internal])
        #expect(answers.contains(try .response(.of("hi"), on: 7)))
    }

    @Test func `a bomb ends its call, and others notice nothing`() throws {
        let server = try ConnectionInHand.extended(.with { $0.extensionSettings?.maxMessage = 100_000 })
        let bomb = try Self.compressed(
            .request(EchoService.echo, .of(String(repeating: "x", count: 4_000_000)), on: 3)
        )

        let answers = try server.exchange(bomb, .request(EchoService.echo, .of("hi"), on: 5))

        #expect(try answers.map { try $0.status.code } == [.resourceExhausted, .ok])
    }

    @Test func `unread bombs take no more room than they came in`() throws {
        let server = try ConnectionInHand.extended()
        try server.send(.request(EchoService.joinLate, on: 3, flags: 6))
        let bomb = try Self.compressed(.data(.of(String(repeating: "x", count: 4_000_000)), on: 3))

        _ = try server.exchange(Array(repeating: bomb, count: 20))

        #expect(server.connection.calls.waitingBytes < 1_000_000)
    }

    @Test func `compression nobody agreed on ends the connection`() throws {
        for settings in [Ttrpc_Settings.test { $0.features = 3 }, .test()] {
            let accepts = settings.features == 3
            let configuration = ServerConfiguration.with { $0.extensionSettings?.acceptsCompression = accepts }
            let server = try ConnectionInHand.extended(configuration, client: settings)

            try server.send(try Self.compressed(.request(EchoService.echo, .of(Self.text), on: 3)))

            #expect(try server.goAway()?.code == GoAway.Code.compressionError.rawValue)
            #expect(server.isClosed)
        }
    }
}
