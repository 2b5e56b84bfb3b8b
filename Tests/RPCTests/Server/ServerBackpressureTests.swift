import NIOCore
import NIOEmbedded
import Testing

@testable import RPC

/// A peer that does not keep up holds up its own streams and nothing else.
struct ServerBackpressureTests {
    @Test func `a stream pauses while the peer does not keep up, and goes on`() throws {
        let server = try ConnectionInHand()
        server.setWritable(false)

        let first = try server.exchange(.request(EchoService.count, .of("3"), on: 1))
        server.setWritable(true)
        let rest = try server.receive()

        #expect(first == [try .data(.of("0"), on: 1)])
        #expect(rest == [try .data(.of("1"), on: 1), try .data(.of("2"), on: 1), .end(1)])
    }

    @Test func `a paused stream does not hold up unary calls`() throws {
        let server = try ConnectionInHand()
        server.setWritable(false)
        _ = try server.exchange(.request(EchoService.endless, .of("x"), on: 1))

        let answers = try server.exchange(.request(EchoService.echo, .of("hi"), on: 3))

        #expect(answers == [try .response(.of("hi"), on: 3)])
    }

    @Test func `a paused stream ends with its connection`() throws {
        let server = try ConnectionInHand()
        server.setWritable(false)
        _ = try server.exchange(.request(EchoService.endless, .of("x"), on: 1))
        #expect(!server.handlers.gates.isOpen("endless ended"))

        server.hangUp()

        #expect(server.handlers.gates.isOpen("endless ended"))
        #expect(!server.isKnown)
    }

    @Test func `closing a connection cancels its handlers in the same turn`() throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.wait, .of("a"), on: 1), .request(EchoService.pause, .of("b"), on: 3))

        server.hangUp()

        #expect(server.handlers.gates.isOpen("a cancelled"))
        #expect(server.handlers.gates.isOpen("b cancelled"))
        #expect(!server.isKnown)
    }

    @Test func `long streams go out in batches and leave the loop to others`() throws {
        let server = try ConnectionInHand()

        try server.send(
            .request(EchoService.count, .of("20000"), on: 1),
            .request(EchoService.echo, .of("hi"), on: 3)
        )

        let answers = try server.receive()
        let echo = try #require(answers.firstIndex { $0.stream == 3 })
        #expect(answers.count == 20_002)
        #expect(echo < 10_000)
    }

    @Test func `answers of one turn go out before they are many`() throws {
        let server = try ConnectionInHand()
        let requests = try (0..<20).map { try Frame.request(EchoService.large, .of("50000"), on: 2 * $0 + 1) }

        try server.send(bytes: requests.flatMap(\.bytes))

        var lengths: [Int] = []
        while let written = try server.channel.readOutbound(as: ByteBuffer.self) {
            lengths.append(written.readableBytes)
        }
        #expect(lengths.reduce(0, +) > 20 * 50_000)
        #expect(lengths.allSatisfy { $0 < 2 * ServerOutput.fullBatch })
    }

    @Test func `calls begin when the loop has read what there is, or as soon as they are many`() throws {
        let server = try ConnectionInHand()
        let requests = try (0..<256).map { try Frame.request(EchoService.echo, .of("hi"), on: 2 * $0 + 1) }

        try server.channel.writeInbound(ByteBuffer(bytes: requests.dropLast().flatMap(\.bytes)))
        let early = try server.receive()
        try server.channel.writeInbound(ByteBuffer(bytes: requests[255].bytes))
        let many = try server.receive()
        try server.channel.writeInbound(ByteBuffer(bytes: Frame.request(EchoService.echo, on: 513).bytes))
        server.channel.embeddedEventLoop.run()

        #expect(early.isEmpty)
        #expect(many.count == 256)
        #expect(try server.receive().map(\.stream) == [513])
    }
}
