import NIOCore
import Testing

@testable import RPC

/// Calls that their clients give up, and calls the server refuses or breaks off.
struct CancelTests {
    private static func cancel(_ stream: UInt32) -> Frame {
        .extended(.cancel(stream: stream, .cancelled, "enough"))
    }

    @Test func `a cancelled call stops its handler and stays unanswered`() throws {
        let server = try ConnectionInHand.extended()
        try server.send(.request(EchoService.wait, .of("gate"), on: 3), .request(EchoService.greet, on: 5, flags: 6))
        _ = try server.receive()

        let answers = try server.exchange(Self.cancel(3), Self.cancel(5))

        #expect(server.handlers.gates.isOpen("gate cancelled"))
        #expect(server.handlers.gates.isOpen("greet ended"))
        #expect(answers == [])
        #expect(try server.exchange(.data(.of("late"), on: 5), .end(5)) == [])
    }

    @Test func `a call may be cancelled before anything is agreed on`() throws {
        let server = try ConnectionInHand()
        try server.send(try .request(EchoService.wait, .of("a"), on: 1).offering())
        _ = try server.receive()

        let answers = try server.exchange(Self.cancel(1))

        #expect(server.handlers.gates.isOpen("a cancelled"))
        #expect(answers == [])
    }

    @Test func `cancelling an unknown stream changes nothing`() throws {
        let server = try ConnectionInHand.extended()

        let answers = try server.exchange(Self.cancel(99), Self.cancel(1), .request(EchoService.echo, .of("hi"), on: 3))

        #expect(answers == [try .response(.of("hi"), on: 3)])
    }

    @Test func `a cancelled call holds its place until its handler has returned`() throws {
        let server = try ConnectionInHand.extended(.with { $0.maxConcurrentCalls = 1 })
        try server.send(.request(EchoService.stubborn, .of("gate"), on: 3))

        let refused = try server.exchange(Self.cancel(3), .request(EchoService.echo, on: 5))
        server.open("gate")
        let served = try server.exchange(.request(EchoService.echo, .of("hi"), on: 7))

        let reset = Reset(code: .resourceExhausted, isRefused: true, text: Violation.tooManyCalls.status.message)
        #expect(refused.map(\.asExtended) == [.reset(stream: 5, reset)])
        #expect(served == [try .response(.of("hi"), on: 7)])
    }

    @Test func `too many cancels end the connection`() throws {
        let server = try ConnectionInHand.extended(.with { $0.cancelsPerSecond = 10 })

        for stream in stride(from: 3, to: 23, by: 2) as StrideTo<UInt32> {
            try server.send(.request(EchoService.wait, .of("x"), on: stream), Self.cancel(stream))
        }
        #expect(!server.isClosed)
        try server.send(Self.cancel(3))

        #expect(try server.goAway()?.code == GoAway.Code.enhanceYourCalm.rawValue)
        #expect(server.isClosed)
    }

    @Test func `too many cancels of a plain client close its connection without a word`() throws {
        let server = try ConnectionInHand(.with { $0.cancelsPerSecond = 3 })

        try server.send(Self.cancel(1), Self.cancel(1), Self.cancel(1))
        #expect(!server.isClosed)
        try server.send(Self.cancel(1))

        #expect(server.isClosed)
        #expect(try server.receive() == [])
    }

    @Test func `a deadline that strikes within a message resets the stream`() throws {
        let client = Ttrpc_Settings.test { $0.initialStreamWindow = 20_000 }
        let server = try ConnectionInHand.extended(client: client)

        let begun = try server.exchange(
            .request(EchoService.largeStream, .of("200000"), on: 3, timeout: 1_000_000)
        )
        server.pass(.seconds(1))
        let end = try server.receive()

        #expect(begun.first.map { $0.flags & 0x40 } == 0x40)
        let reset = Reset(code: .deadlineExceeded, isRefused: false, text: Violation.expired.status.message)
        #expect(end.map(\.asExtended) == [.reset(stream: 3, reset)])
        #expect(server.connection.extended?.scheduler.isEmpty == true)
    }

    @Test func `a cancelled call discards what it has queued`() throws {
        let client = Ttrpc_Settings.test { $0.initialStreamWindow = 20_000 }
        let server = try ConnectionInHand.extended(client: client)
        _ = try server.exchange(.request(EchoService.largeStream, .of("50000"), on: 3))
        #expect(server.connection.extended?.scheduler.isEmpty == false)

        let answers = try server.exchange(Self.cancel(3), .extended(.windowUpdate(stream: 3, credit: 100_000)))

        #expect(answers == [])
        #expect(server.connection.extended?.scheduler.isEmpty == true)
    }
}
