import NIOCore
import Testing

@testable import RPC

/// Bodies in fragments, both ways.
struct FragmentTests {
    private static let text = String(repeating: "x", count: 50_000)

    @Test func `a request may come in fragments, between those of others`() throws {
        let server = try ConnectionInHand.extended()
        let first = try Frame.request(EchoService.echo, .of(Self.text), on: 3).fragments(of: 16_384)
        let second = try Frame.request(EchoService.echo, .of(Self.text + "y"), on: 5).fragments(of: 16_384)

        let answers = try server.exchange(zip(first, second).flatMap { [$0, $1] })

        let sizes = Dictionary(grouping: answers, by: \.stream).mapValues(\.bodyBytes)
        #expect(sizes == [3: 50_008, 5: 50_009])
    }

    @Test func `a long answer goes in fragments, and a short one between them`() throws {
        let server = try ConnectionInHand.extended()

        let answers = try server.exchange(
            .request(EchoService.large, .of("4000000"), on: 3),
            .request(EchoService.echo, .of(String(repeating: "y", count: 64)), on: 5)
        )

        let short = try #require(answers.firstIndex { $0.stream == 5 })
        #expect(short <= 5)
        #expect(answers.allSatisfy { $0.body.count <= 16 * 1024 })
        #expect(answers.on(3).bodyBytes == 4_000_010)
        #expect(answers.first { $0.stream == 3 }.map { ($0.type, $0.flags) } ?? (0, 0) == (2, 0x40))
        #expect(answers.last.map { ($0.type, $0.flags) } ?? (0, 0) == (0x87, 0))
    }

    @Test func `long answers take turns`() throws {
        let server = try ConnectionInHand.extended()

        let answers = try server.exchange(
            .request(EchoService.large, .of("200000"), on: 3),
            .request(EchoService.large, .of("200000"), on: 5),
            .request(EchoService.large, .of("200000"), on: 7)
        )

        #expect(answers.prefix(9).map(\.stream) == [3, 5, 7, 3, 5, 7, 3, 5, 7])
    }

    @Test func `a body over the limit ends its call, and the rest is dropped`() throws {
        let server = try ConnectionInHand.extended(.with { $0.extensionSettings?.maxMessage = 30_000 })

        let answers = try server.exchange(
            try Frame.request(EchoService.echo, .of(Self.text), on: 3).fragments(of: 10_000)
                + [.request(EchoService.echo, .of("hi"), on: 5)]
        )

        #expect(try answers.first?.status.errorInfo?.reason == "MESSAGE_TOO_LONG")
        #expect(answers.dropFirst() == [try .response(.of("hi"), on: 5)])
        #expect(server.connection.calls.isIdle)
    }

    @Test func `a request that finds no room beside unfinished ones may be sent again`() throws {
        let server = try ConnectionInHand.extended(
            .with {
                $0.extensionSettings?.maxMessage = 60_000
                $0.maxConnectionQueue = 60_000
            }
        )
        let first = try Frame.request(EchoService.echo, .of(Self.text), on: 3).fragments(of: 40_000)
        let second = try Frame.request(EchoService.echo, .of(Self.text), on: 5).fragments(of: 40_000)
        let third = try Frame.request(EchoService.echo, .of(Self.text), on: 7).fragments(of: 40_000)
        let refusals = try server.exchange([first[0]] + second)

        let answers = try server.exchange([first[1]] + third)

        let reset = Reset(code: .resourceExhausted, isRefused: true, text: Violation.noRoom.status.message)
        #expect(refusals.map(\.asExtended) == [.reset(stream: 5, reset)])
        #expect(Dictionary(grouping: answers, by: \.stream).mapValues(\.bodyBytes) == [3: 50_008, 7: 50_008])
    }

    @Test func `a message over the limit ends its stream`() throws {
        let server = try ConnectionInHand.extended(.with { $0.extensionSettings?.maxMessage = 30_000 })
        try server.send(.request(EchoService.greet, on: 3, flags: 6))
        _ = try server.receive()

        let answers = try server.exchange(try Frame.data(.of(Self.text), on: 3).fragments(of: 10_000))

        #expect(try answers.filter { $0.type == 2 }.map { try $0.status.code } == [.resourceExhausted])
        #expect(server.handlers.gates.isOpen("greet ended"))
        #expect(!server.isClosed)
    }

    @Test func `a request broken off by its client is forgotten`() throws {
        let server = try ConnectionInHand.extended()
        let fragments = try Frame.request(EchoService.echo, .of(Self.text), on: 3).fragments(of: 16_384)

        let answers = try server.exchange(
            Array(fragments.prefix(2)) + [
                .extended(.cancel(stream: 3, .cancelled, "")),
                .request(EchoService.echo, .of("hi"), on: 5),
            ]
        )

        #expect(answers == [try .response(.of("hi"), on: 5)])
        #expect(server.connection.extended?.assembler.count == 0)
        #expect(server.connection.calls.isIdle)
    }

    @Test func `a refused request may still send its rest`() throws {
        let server = try ConnectionInHand.extended(.with { $0.maxConcurrentCalls = 1 })
        try server.send(.request(EchoService.wait, .of("gate"), on: 3))
        let fragments = try Frame.request(EchoService.echo, .of(Self.text), on: 5).fragments(of: 16_384)

        let refused = try server.exchange(fragments)
        server.open("gate")

        #expect(refused.map(\.type) == [0x85])
        #expect(try server.receive() == [try .response(.of("gate"), on: 3)])
        #expect(!server.isClosed)
    }

    @Test func `requests that are not complete count against the limit of calls`() throws {
        let server = try ConnectionInHand.extended(.with { $0.maxConcurrentCalls = 2 })
        let frames = try [3, 5, 7].map { stream in
            try Frame.request(EchoService.echo, .of(Self.text), on: stream).fragments(of: 16_384)[0]
        }

        let answers = try server.exchange(frames)

        #expect(answers.map(\.stream) == [7])
        #expect(answers.map(\.type) == [0x85])
    }

    @Test func `only continuations may follow on a stream whose body is not complete`() throws {
        let server = try ConnectionInHand.extended()
        try server.send(.request(EchoService.join, on: 3, flags: 6))
        let fragments = try Frame.data(.of(Self.text), on: 3).fragments(of: 16_384)

        _ = try server.exchange([fragments[0]])
        try server.send(.data(.of("x"), on: 3))

        #expect(try server.goAway()?.code == GoAway.Code.protocolError.rawValue)
    }

    @Test func `a continuation of nothing ends the connection, on an ended stream it is dropped`() throws {
        let server = try ConnectionInHand.extended()
        _ = try server.exchange(.request(EchoService.echo, on: 3))

        let dropped = try server.exchange(Frame(stream: 3, type: 0x87, body: [1]))
        #expect(dropped == [])
        #expect(!server.isClosed)
        try server.send(.request(EchoService.join, on: 5, flags: 6), Frame(stream: 5, type: 0x87, body: [1]))

        #expect(try server.goAway()?.code == GoAway.Code.protocolError.rawValue)
    }

    @Test func `an answer longer than the client takes becomes an error`() throws {
        let server = try ConnectionInHand.extended(client: .test { $0.maxMessage = 1000 })

        let answers = try server.exchange(.request(EchoService.large, .of("2000"), on: 3))

        #expect(try answers.map { try $0.status.errorInfo?.reason } == ["MESSAGE_TOO_LONG"])
    }

    @Test func `an answer waits for its turn while the client does not keep up, and the connection stays open for it`()
        throws
    {
        let server = try ConnectionInHand.extended()
        server.setWritable(false)
        try server.send(.request(EchoService.large, .of("200000"), on: 3))
        #expect(try server.receive() == [])

        server.drain()
        server.pass(.seconds(6))
        #expect(!server.isClosed)
        server.setWritable(true)

        let answers = try server.receive()
        #expect(answers.on(3).bodyBytes > 200_000)
        #expect(server.isClosed)
    }

    @Test(arguments: [3, 0x87] as [UInt8])
    func `a piece longer than announced ends the connection`(type: UInt8) throws {
        let server = try ConnectionInHand.extended(.with { $0.maxFrameBody = 2000 })
        let first = Frame(stream: 3, type: 3, flags: 0x40, body: [1, 2, 3])
        _ = try server.exchange([.request(EchoService.join, on: 3, flags: 6), first])

        try server.send(Frame(stream: 3, type: type, body: Array(repeating: 1, count: 2001)))

        #expect(server.core.settings?.maxFrame == 2000)
        #expect(try server.goAway()?.code == GoAway.Code.frameSizeError.rawValue)
        #expect(server.isClosed)
    }

    @Test(arguments: [2, .max] as [UInt32])
    func `a frame that is too long opens no stream that cannot be`(stream: UInt32) throws {
        let server = try ConnectionInHand(.with { $0.maxFrameBody = 2000 })
        _ = try server.exchange(try .request(EchoService.echo, on: 1).offering())

        try server.send(Frame(stream: stream, type: 1, body: Array(repeating: 1, count: 2001)))
        try server.send(.acknowledgement())
        let answers = try server.exchange(.request(EchoService.echo, .of("hi"), on: 3))

        #expect(try answers.last == .response(.of("hi"), on: 3))
        #expect(!server.isClosed)
    }

    @Test func `what is left of requests that were refused costs no credit and gives none back`() throws {
        let server = try ConnectionInHand.extended(.with { $0.maxConcurrentCalls = 1 })
        try server.send(.request(EchoService.wait, .of("gate"), on: 3))
        let streams = stride(from: 5, to: 605, by: 2) as StrideTo<UInt32>
        let piece = Array(repeating: 1 as UInt8, count: 16_000)

        let begun = try server.exchange(streams.map { Frame(stream: $0, type: 1, flags: 0x40, body: piece) })
        let ended = try server.exchange(streams.map { Frame(stream: $0, type: 0x87, body: piece) })

        #expect(begun.map(\.type) == Array(repeating: 0x85, count: 300))
        #expect(ended == [])
        #expect(!server.isClosed)
    }
}
