import NIOCore
import Testing

@testable import RPC

/// Calls whose client sends a stream: how they open, go on and end.
struct StreamingCallTests {
    private static let halfClose: UInt8 = 5

    @Test(arguments: [0x02, 0x06] as [UInt8])
    func `takes messages until the client closes its side`(flags: UInt8) throws {
        let server = try ConnectionInHand()

        let before = try server.exchange(
            .request(EchoService.join, on: 1, flags: flags),
            .data(.of("a"), on: 1),
            .data(.of("b"), on: 1)
        )
        let answers = try server.exchange(.end(1))

        #expect(before == [])
        #expect(answers == [try .response(.of("a,b"), on: 1)])
    }

    @Test(arguments: [0x00, 0x01, 0x03, 0x04] as [UInt8])
    func `a stream opened without saying that it stays open is closed already`(flags: UInt8) throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(
            .request(EchoService.join, on: 1, flags: flags),
            .request(EchoService.talk, on: 3, flags: flags)
        )

        #expect(answers == [Frame(stream: 1, type: 2), .end(3)])
    }

    @Test func `a payload beside the opening is the first message`() throws {
        let server = try ConnectionInHand()

        let open = try server.exchange(
            .request(EchoService.join, .of("a"), on: 1, flags: 2),
            .data(.of("b"), on: 1, flags: 1)
        )
        let closed = try server.exchange(.request(EchoService.join, .of("a"), on: 3, flags: 0))

        #expect(open == [try .response(.of("a,b"), on: 1)])
        #expect(closed == [try .response(.of("a"), on: 3)])
    }

    @Test func `a payload that the flags deny is no message`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(
            .request(EchoService.join, .of("a"), on: 1, flags: 6),
            .data(.of("b"), on: 1, flags: 1)
        )

        #expect(answers == [try .response(.of("b"), on: 1)])
    }

    @Test func `an empty payload of a server stream is its one message`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(.request(EchoService.breakOff, on: 1, flags: 1))

        #expect(answers.first == Frame(stream: 1, type: 3))
    }

    @Test func `an empty body is an empty message unless the flags deny it`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(
            .request(EchoService.talk, on: 1, flags: 6),
            Frame(stream: 1, type: 3),
            Frame(stream: 1, type: 3, flags: 4),
            Frame(stream: 1, type: 3, flags: 4, body: [1, 2, 3]),
            Frame(stream: 1, type: 3, flags: 1)
        )

        #expect(answers == [Frame(stream: 1, type: 3), Frame(stream: 1, type: 3), .end(1)])
    }

    @Test func `the body of a half-close without message is ignored`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(
            .request(EchoService.join, on: 1, flags: 6),
            Frame(stream: 1, type: 3, flags: Self.halfClose, body: [1, 2, 3])
        )

        #expect(answers == [Frame(stream: 1, type: 2)])
    }

    @Test func `answers each message of a conversation as it comes`() throws {
        let server = try ConnectionInHand()
        #expect(try server.exchange(.request(EchoService.talk, on: 1, flags: 6)) == [])

        for text in ["a", "b", "c"] {
            #expect(try server.exchange(.data(.of(text), on: 1)) == [try .data(.of(text), on: 1)])
        }

        #expect(try server.exchange(.end(1)) == [.end(1)])
    }

    @Test(arguments: [EchoService.joinLate, EchoService.talkLate])
    func `data after the half-close ends the call with an error`(method: EchoService.EchoMethod) throws {
        let server = try ConnectionInHand()
        try server.send(.request(method, on: 1, flags: 6), .data(.of("last"), on: 1), .end(1))

        let answers = try server.exchange(.data(.of("late"), on: 1), .data(.of("later"), on: 1))

        #expect(try answers.map { try $0.status.code } == [.invalidArgument])
        #expect(server.handlers.gates.isOpen("join cancelled"))
    }

    @Test func `a handler may answer before the last message, and what comes late is dropped`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(
            .request(EchoService.first, on: 1, flags: 6),
            .data(.of("a"), on: 1)
        )
        let late = try server.exchange(.data(.of("b"), on: 1), .end(1))

        #expect(answers == [try .response(.of("a"), on: 1)])
        #expect(late == [])
    }

    @Test func `a message that does not decode ends the call`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(
            .request(EchoService.join, on: 1, flags: 6),
            Frame(stream: 1, type: 3, body: [0x0A, 0x7F])
        )

        #expect(try answers.map { try $0.status.errorInfo?.reason } == ["MALFORMED_REQUEST"])
    }

    @Test func `the deadline ends a stream that waits for its client`() throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.join, on: 1, flags: 6, timeout: 1_000_000))
        try server.send(.request(EchoService.greet, on: 3, flags: 6, timeout: 1_000_000))
        _ = try server.receive()

        server.pass(.seconds(1))

        let answers = try server.receive().sorted { $0.stream < $1.stream }
        #expect(try answers.map { try $0.status.code } == [.deadlineExceeded, .deadlineExceeded])
        #expect(server.handlers.gates.isOpen("greet ended"))
        #expect(try server.exchange(.data(.of("late"), on: 1), .end(3)) == [])
    }

    @Test func `a lost connection ends a stream that waits for its client`() throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.greet, on: 1, flags: 6))

        server.hangUp()

        #expect(server.handlers.gates.isOpen("greet ended"))
        #expect(!server.isKnown)
    }
}
