import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// How a server and a client find out that both speak the extension, and that nobody else ever notices.
struct HandshakeTests {
    @Test func `sends settings before the first answer to an offer`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(try .request(EchoService.echo, .of("hi"), on: 1).offering())

        let settings = try #require(server.core.settings)
        #expect(answers.first?.asExtended == .settings(settings, isAcknowledgement: false))
        #expect(answers.dropFirst() == [try .response(.of("hi"), on: 1)])
        #expect(settings.version == 1)
        #expect(settings.initialStreamWindow == 256 * 1024)
        #expect(settings.initialConnWindow == 1024 * 1024)
    }

    @Test func `a forged offer gets one frame and nothing more`() throws {
        let server = try ConnectionInHand(.with { $0.maxConcurrentCalls = 1 })
        let first = try server.exchange(try .request(EchoService.wait, .of("gate"), on: 1).offering())
        #expect(first.map(\.type) == [0x80])

        let refused = try server.exchange(
            try .request(EchoService.echo, on: 3).offering(),
            Frame(stream: .max, type: 0x81, body: Array(repeating: 1, count: 8)),
            Frame(stream: .max, type: 0x83, body: [0, 0, 0, 0]),
            Frame(stream: 1, type: 0x87, body: [1, 2, 3]),
            Frame(stream: .max, type: 0x80, flags: 0, body: [0xFF])
        )
        server.open("gate")
        let large = try server.exchange(try .request(EchoService.large, .of("100000"), on: 5).offering())
        server.drain()
        server.pass(.seconds(6))
        let last = try server.receive()

        #expect(refused.map(\.type) == [2])
        #expect(try refused[0].status.errorInfo?.reason == "TOO_MANY_CALLS")
        #expect(large.map(\.type) == [2, 2])
        #expect(large[1].body.count > 100_000)
        #expect(last == [])
        #expect(server.isClosed)
    }

    @Test func `no frame of the extension goes to a client that never offered it`() throws {
        let server = try ConnectionInHand(
            .with {
                ($0.maxConcurrentCalls, $0.maxStreamQueue, $0.maxFrameBody) = (2, 100, 50_000)
                ($0.maxAge, $0.keepaliveInterval) = (.seconds(30), .seconds(1))
            }
        )
        let long = try Frame.data(.of(String(repeating: "x", count: 200)), on: 1)
        try server.send(.request(EchoService.joinLate, on: 1, flags: 6), .request(EchoService.wait, .of("a"), on: 3))

        let answers = try server.exchange([
            try .request(EchoService.echo, on: 5), Frame(stream: 3, type: 1), long, long,
            Frame(stream: 7, type: 3), Frame(stream: 2, type: 1), Frame(stream: 9, type: 1, body: [0xFF]),
            Frame(stream: 11, type: 1, body: Array(repeating: 0, count: 50_001)),
            try .request(EchoService.pause, .of("b"), on: 13, timeout: 1_000_000),
            try .data(.of("x"), on: 13, flags: 0xC0),
            Frame(stream: .max, type: 0x81, body: Array(repeating: 1, count: 8)),
            Frame(stream: .max, type: 0x80, flags: 1, body: [0x08, 0x01]),
        ])
        server.pass(.minutes(5))
        server.drain()

        let all = answers + (try server.receive())
        #expect(all.count >= 8)
        #expect(all.allSatisfy { (1...3).contains($0.type) && $0.flags & 0xF8 == 0 })
    }

    @Test func `a client that has seen an answer is plain for good`() throws {
        let server = try ConnectionInHand()
        _ = try server.exchange(.request(EchoService.echo, on: 1))

        let answers = try server.exchange(
            try .request(EchoService.echo, .of("hi"), on: 3).offering(),
            .acknowledgement()
        )

        #expect(answers == [try .response(.of("hi"), on: 3)])
        #expect(server.connection.extended == nil)
    }

    @Test func `a server without the extension ignores offers`() throws {
        let server = try ConnectionInHand(.with { $0.extensionSettings = nil })

        let answers = try server.exchange(try .request(EchoService.echo, .of("hi"), on: 1).offering())

        #expect(answers == [try .response(.of("hi"), on: 1)])
    }

    @Test func `further offers are ignored`() throws {
        let server = try ConnectionInHand.extended()

        let answers = try server.exchange(try .request(EchoService.echo, .of("hi"), on: 3).offering())

        #expect(answers == [try .response(.of("hi"), on: 3)])
    }

    @Test func `the protocol chosen while TLS was set up is an offer`() throws {
        let server = try ConnectionInHand()

        server.connection.secured(by: nil, isExtended: true)
        server.channel.embeddedEventLoop.run()
        let settings = try server.receive()
        let answers = try server.exchange(.acknowledgement(), .request(EchoService.echo, .of("hi"), on: 1))

        #expect(settings.map(\.type) == [0x80])
        #expect(answers == [try .response(.of("hi"), on: 1)])
        #expect(server.connection.extended != nil)
    }

    @Test func `a client of a later version is served as of this one`() throws {
        let server = try ConnectionInHand()
        let settings = Ttrpc_Settings.test { $0.version = 7 }

        let answers = try server.exchange(try .request(EchoService.echo, on: 1).offering(settings))
        try server.send(.acknowledgement(settings))

        #expect(answers.first?.type == 0x80)
        #expect(server.connection.extended != nil)
        #expect(!server.isClosed)
    }

    @Test(arguments: [true, false])
    func `settings never change`(isAcknowledgement: Bool) throws {
        let server = try ConnectionInHand.extended()

        try server.send(.extended(.settings(.test(), isAcknowledgement: isAcknowledgement)))

        #expect(try server.goAway()?.code == GoAway.Code.protocolError.rawValue)
        #expect(server.isClosed)
    }

    @Test(arguments: [[0xFF], [0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x28, 0x64]] as [[UInt8]])
    func `settings that cannot be end the connection`(body: [UInt8]) throws {
        let server = try ConnectionInHand()
        _ = try server.exchange(try .request(EchoService.echo, on: 1).offering())

        try server.send(Frame(stream: .max, type: 0x80, flags: 1, body: body))

        #expect(try server.goAway()?.code == GoAway.Code.protocolError.rawValue)
        #expect(server.isClosed)
    }

    @Test func `after the agreement streams must increase, and none is the connection's`() throws {
        for frame in [
            try Frame.request(EchoService.echo, on: 1), try .request(EchoService.echo, on: .max),
            Frame(stream: .max, type: 3),
        ] {
            let server = try ConnectionInHand.extended()
            _ = try server.exchange(.request(EchoService.echo, on: 3))

            try server.send(frame)

            #expect(try server.goAway()?.code == GoAway.Code.protocolError.rawValue)
            #expect(server.isClosed)
        }
    }

    @Test(arguments: [0x81, 0x82, 0x83, 0x84, 0x85, 0x86] as [UInt8])
    func `a malformed frame ends the connection`(type: UInt8) throws {
        let server = try ConnectionInHand.extended()
        let stream: UInt32 = (0x84...0x86).contains(type) ? 3 : .max

        try server.send(Frame(stream: stream, type: type, body: [0xFF]))

        #expect(try server.goAway()?.code == GoAway.Code.protocolError.rawValue)
        #expect(server.isClosed)
    }

    @Test func `frames of types nobody knows stay unanswered`() throws {
        let server = try ConnectionInHand.extended()

        let answers = try server.exchange(
            Frame(stream: .max, type: 0x88, body: [1]),
            Frame(stream: 3, type: 0xFF),
            .request(EchoService.echo, .of("hi"), on: 3)
        )

        #expect(answers == [try .response(.of("hi"), on: 3)])
    }

    @Test(arguments: [false, true])
    func `whatever goes wrong, a client that has not agreed gets only frames of the base protocol`(
        offers: Bool
    ) throws {
        let limits = ServerConfiguration.with {
            ($0.maxMetadata, $0.maxFrameBody, $0.oversizeFramesPerMinute, $0.cancelsPerSecond) = (10, 5000, 2, 3)
            ($0.maxAge, $0.retiresPlainClients) = (.seconds(1000), true)
        }
        func frames(_ frames: [Frame], then end: (ConnectionInHand) throws -> Void = { _ in }) throws -> [Frame] {
            let server = try ConnectionInHand(limits)
            let first = try Frame.request(EchoService.pause, .of("a"), on: 1)
            try server.send(offers ? first.offering() : first)
            try frames.forEach { try server.send($0) }
            try end(server)
            server.pass(.minutes(30))
            server.drain()
            server.pass(.minutes(1))
            return try server.receive()
        }
        let errors = try frames([
            try .request(EchoService.echo, on: 3, metadata: [("key", "too long a value")]),
            try .request(EchoService.large, .of("4194304"), on: 5),
            try .request(EchoService.adornedLarge, .of("4194290"), on: 7),
            try .request(EchoService.adorned, .of("fail"), on: 9),
            try .request(EchoService.adornedStream, .of("fail"), on: 11, flags: 1),
            try .request(EchoService.failAtLength, on: 13),
            try .request(EchoService.adornedStream, on: 15, flags: 1),
        ])
        let long = Frame(stream: 3, type: 1, body: Array(repeating: 0, count: 5001))
        let oversize = try frames([long, long, long])
        let cancels = try frames(Array(repeating: .extended(.cancel(stream: 3, .cancelled, "")), count: 4))
        let stalled = try frames([]) {
            $0.setWritable(false)
            try $0.send(.request(EchoService.endless, .of("x"), on: 3, flags: 1))
            $0.pass(.minutes(2))
            #expect($0.isClosed)
        }

        for all in [errors, oversize, cancels, stalled] {
            #expect(all.filter { $0.type == 0x80 }.count == (offers ? 1 : 0))
            #expect(all.filter { $0.type != 0x80 }.allSatisfy { (1...3).contains($0.type) && $0.flags & 0xF8 == 0 })
            #expect(all.allSatisfy { $0.body.count <= FrameHeader.longestBody })
        }
        #expect(Set(errors.map(\.stream)).isSuperset(of: [3, 5, 7, 9, 11, 13, 15]))
        #expect(oversize.filter { $0.stream == 3 }.count == 2)
    }
}
