import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// How a client learns what its server is, and that it shows a plain server nothing else.
struct ClientNegotiationTests {
    @Test func `offers the extension in every request until the server answers`() throws {
        let client = ClientInHand()
        let calls = [try client.call(EchoService.echo), try client.call(EchoService.echo)]

        let offers = try client.receive().map { try Ttrpc_Settings(serializedBytes: $0.request.xtOffer) }

        #expect(offers == Array(repeating: ExtensionSettings().message(maxStreams: nil), count: 2))
        #expect(calls.allSatisfy { !$0.responses.isFinished })
    }

    @Test func `acknowledges SETTINGS with its own and offers nothing more`() throws {
        let client = ClientInHand()
        _ = try client.call(EchoService.echo)
        _ = try client.receive()

        try client.send(.settings())
        _ = try client.call(EchoService.echo)

        let frames = try client.receive()
        let ours = ExtensionSettings().message(maxStreams: nil)
        #expect(frames[0].asExtended == .settings(ours, isAcknowledgement: true))
        #expect(try frames[1].request.xtOffer.isEmpty)
        #expect(frames.count == 2)
    }

    @Test func `takes a server for plain whose first frame is one of the base protocol`() throws {
        let client = ClientInHand()
        _ = try client.call(EchoService.echo)
        _ = try client.receive()

        try client.send(.response(.init(), on: 1), .settings())
        _ = try client.call(EchoService.echo)

        let frames = try client.receive()
        #expect(frames.map(\.type) == [1])
        #expect(try frames[0].request.xtOffer.isEmpty)
    }

    @Test func `offers nothing if it shall not`() throws {
        let client = ClientInHand(.with { $0.extensionSettings = nil })
        _ = try client.call(EchoService.echo)
        try client.send(.settings())

        let frames = try client.receive()

        #expect(frames.map(\.type) == [1])
        #expect(try frames[0].request.xtOffer.isEmpty)
    }

    @Test(arguments: [false, true])
    func `SETTINGS that come again end the connection`(isAcknowledgement: Bool) throws {
        let client = ClientInHand()
        try client.agree()

        try client.send(.settings(isAcknowledgement: isAcknowledgement))

        #expect(try client.receive().map(\.goAwayCode) == [1])
        #expect(client.isClosed())
    }

    @Test(
        arguments: [
            Frame(stream: .max, type: 0x80, body: [0xFF]), .settings(.ofServer { $0.version = 0 }),
            .settings(isAcknowledgement: true), Frame(stream: 1, type: 0x80), Frame(stream: 1, type: 0x87),
        ]
    )
    func `settings that mean nothing leave the question open`(frame: Frame) throws {
        let client = ClientInHand()
        _ = try client.call(EchoService.echo)
        _ = try client.receive()

        try client.send(frame)
        _ = try client.call(EchoService.echo)

        let frames = try client.receive()
        #expect(frames.map(\.type) == [1])
        #expect(try !frames[0].request.xtOffer.isEmpty)
    }

    @Test func `a server of a later version is spoken to in this one`() throws {
        let client = ClientInHand()
        _ = try client.call(EchoService.echo)
        try client.send(.settings(.ofServer { $0.version = 7 }))

        #expect(try client.receive().map(\.type) == [1, 0x80])
    }

    @Test func `windows wider than may be end the connection`() throws {
        let client = ClientInHand()
        _ = try client.call(EchoService.echo)

        try client.send(.settings(.ofServer { $0.initialStreamWindow = 1 << 31 }))

        #expect(client.isClosed())
    }

    @Test func `under a promise it offers nothing and takes no base frame before SETTINGS`() throws {
        let client = ClientInHand(.with { ($0.startsExtended, $0.retry) = (true, .never) })
        let call = try client.call(EchoService.echo)
        #expect(try client.receive()[0].request.xtOffer.isEmpty)

        try client.send(.response(.init(), on: 1))

        #expect(client.isClosed())
        #expect(call.failure?.errorInfo?.reason == "CONNECTION_GIVEN_UP")
    }

    @Test func `ignores frames that nobody knows`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.echo)

        try client.send(Frame(stream: 3, type: 0xF0), Frame(stream: .max, type: 0x88), Frame(stream: 3, type: 0x10))
        try client.send(.response(.init(), on: 3))

        #expect(call.isGood)
    }

    @Test(
        arguments: [
            Frame(stream: .max, type: 2), Frame(stream: .max, type: 0x81, body: [1]),
            Frame(stream: 3, type: 0x87), Frame(stream: 3, type: 0x85, body: [0]), Frame(stream: 3, type: 0x82),
            Frame(stream: 3, type: 0x86, flags: 1, body: [0xFF]),
        ]
    )
    func `a frame that breaks the protocol ends the connection`(frame: Frame) throws {
        let client = ClientInHand(.with { $0.retry = .never })
        try client.agree()
        let call = try client.call(EchoService.count)
        _ = try client.receive()

        try client.send(frame)

        #expect(try client.receive().map(\.goAwayCode) == [1])
        #expect(client.isClosed())
        #expect(call.failure?.code == .unavailable)
    }

    @Test func `answers a PING with its bytes`() throws {
        let client = ClientInHand()
        try client.agree()

        try client.send(
            Frame.extended(.ping(42, isAcknowledgement: false)),
            Frame.extended(.ping(43, isAcknowledgement: true))
        )

        #expect(try client.receive() == [Frame.extended(.ping(42, isAcknowledgement: true))])
    }
}
