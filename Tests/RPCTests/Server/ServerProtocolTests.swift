import Foundation
import SwiftProtobuf
import Testing

@testable import RPC

/// What a server answers to each frame; rule names are those of the wire specification.
struct ServerProtocolTests {
    @Test func `answers a unary call with one response and no status`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(.request(EchoService.echo, .of("hi"), on: 1))

        #expect(answers == [try .response(.of("hi"), on: 1)])
        #expect(try !answers[0].response.hasStatus)
    }

    @Test func `answers an empty message with an empty body`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(.request(EchoService.echo, on: 1))

        #expect(answers == [Frame(stream: 1, type: 2)])
    }

    @Test func `ends a stream with an empty data frame that closes`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(.request(EchoService.count, .of("2"), on: 1, flags: 1))

        #expect(answers == [try .data(.of("0"), on: 1), try .data(.of("1"), on: 1), .end(1)])
    }

    @Test func `an error response has no payload`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(.request(EchoService.breakOff, .of("x"), on: 1, flags: 1))

        #expect(answers.map(\.type) == [3, 2])
        #expect(try answers[1].status.code == .dataLoss)
        #expect(try answers[1].response.payload.isEmpty)
    }

    @Test(arguments: [0x00, 0x01, 0x02, 0x06] as [UInt8])
    func `takes the kind of a call from the method and never from the flags`(flags: UInt8) throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(
            .request(EchoService.echo, .of("hi"), on: 1, flags: flags),
            .request(EchoService.count, .of("1"), on: 3, flags: flags)
        )

        #expect(answers == [try .response(.of("hi"), on: 1), try .data(.of("0"), on: 3), .end(3)])
    }

    @Test func `ignores unknown flags and unknown request fields`() throws {
        let server = try ConnectionInHand()
        var request = try Frame.request(EchoService.echo, .of("hi"), on: 1, flags: 0xF8)
        request.body += [0xFA, 0x76, 0x02, 0x01, 0x02] + [0xF8, 0x07, 0x05] + [0xFD, 0x07, 1, 2, 3, 4]

        let answers = try server.exchange(request)

        #expect(answers == [try .response(.of("hi"), on: 1)])
    }

    @Test(arguments: [0, 2, 1, 9, .max] as [UInt32])
    func `ignores frames of unknown types on any stream`(stream: UInt32) throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.wait, .of("gate"), on: 1))

        let answers = try server.exchange(
            Frame(stream: stream, type: 0x80, body: [1, 2, 3]),
            Frame(stream: stream, type: 0x04),
            .request(EchoService.echo, .of("hi"), on: 11)
        )

        #expect(answers == [try .response(.of("hi"), on: 11)])
    }

    @Test(arguments: [1, 2, 3] as [UInt8])
    func `refuses base frames on even streams`(type: UInt8) throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(Frame(stream: 2, type: type))

        #expect(answers.map(\.stream) == [2])
        #expect(try answers[0].status.code == .invalidArgument)
        #expect(try answers[0].status.message == "stream id must be odd")
    }

    @Test func `ignores response frames`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(Frame(stream: 5, type: 2), .request(EchoService.echo, .of("hi"), on: 5))

        #expect(answers == [try .response(.of("hi"), on: 5)])
    }

    @Test func `takes odd streams in any order, and again after their end`() throws {
        let server = try ConnectionInHand()

        for stream in [7, 3, 0xFFFF_FFFF, 1, 7, 3] as [UInt32] {
            let answers = try server.exchange(.request(EchoService.echo, .of("\(stream)"), on: stream))

            #expect(answers == [try .response(.of("\(stream)"), on: stream)])
        }
    }

    @Test func `a stream used twice at a time ends its call with an error`() throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.wait, .of("gate"), on: 1))

        let answers = try server.exchange(.request(EchoService.echo, on: 1))

        #expect(answers.map(\.stream) == [1])
        #expect(try answers[0].status.errorInfo?.reason == "STREAM_REUSED")
        #expect(server.handlers.gates.isOpen("gate cancelled"))
        server.open("gate")
        #expect(try server.receive() == [])
    }

    @Test func `data on a unary call or a server stream ends the call with an error`() throws {
        for method in [EchoService.wait, EchoService.pause] {
            let server = try ConnectionInHand()
            try server.send(.request(method, .of("gate"), on: 1, flags: 1))
            _ = try server.receive()

            let answers = try server.exchange(.data(.of("more"), on: 1))

            #expect(try answers.map { try $0.status.code } == [.invalidArgument])
            #expect(server.handlers.gates.isOpen("gate cancelled"))
        }
    }

    @Test func `a data frame that says nothing changes nothing`() throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.wait, .of("gate"), on: 1))

        try server.send(Frame(stream: 1, type: 3, flags: 4, body: [1, 2, 3]))
        server.open("gate")

        #expect(try server.receive() == [try .response(.of("gate"), on: 1)])
    }

    @Test func `drops data behind the end of a call without an answer`() throws {
        let server = try ConnectionInHand()
        _ = try server.exchange(.request(EchoService.echo, on: 5))

        let answers = try server.exchange(.data(.of("late"), on: 5), .data(.of("late"), on: 3), .end(5))

        #expect(answers == [])
    }

    @Test func `refuses data above the highest stream`() throws {
        let server = try ConnectionInHand()
        _ = try server.exchange(.request(EchoService.echo, on: 5))

        let answers = try server.exchange(.data(.of("early"), on: 7), .data(.of("again"), on: 7), .end(7))

        #expect(try answers.map { try $0.status.message } == ["StreamID is no longer active"])
    }

    @Test func `refuses an envelope that does not decode`() throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(
            Frame(stream: 1, type: 1, body: [0xFF, 0xFF, 0xFF]),
            .request(EchoService.echo, .of("hi"), on: 3)
        )

        #expect(try answers[0].status.errorInfo?.reason == "MALFORMED_REQUEST")
        #expect(try answers[0].status.code == .invalidArgument)
        #expect(answers[1] == (try .response(.of("hi"), on: 3)))
    }

    @Test func `refuses a message that does not decode`() throws {
        let server = try ConnectionInHand()
        let envelope = Ttrpc_Request.with {
            ($0.service, $0.method) = (EchoService.name, "Echo")
            $0.payload = .init([0x0A, 0x7F])
        }

        let answers = try server.exchange(Frame(stream: 1, type: 1, body: envelope.serializedBytes()))

        #expect(try answers.map { try $0.status.code } == [.invalidArgument])
    }

    @Test(arguments: [("test.Echo", "Nothing"), ("test.Nobody", "Echo"), ("", ""), ("test.EchoE", "cho")])
    func `does not implement methods it does not know`(service: String, name: String) throws {
        let server = try ConnectionInHand()
        let method = Method<Ttrpc_KeyValue, Ttrpc_KeyValue>(service: service, name: name, kind: .unary, safety: .query)

        let answers = try server.exchange(.request(method, on: 1))

        #expect(try answers.map { try $0.status.code } == [.unimplemented])
        #expect(try answers[0].status.message.contains("\(service)/\(name)"))
    }

    @Test func `passes on repeated metadata in order, whatever the case of its keys`() throws {
        let server = try ConnectionInHand()
        let metadata = [("X-Tag", "a"), ("other", "b"), ("x-tag", "c")]

        let answers = try server.exchange(.request(EchoService.metadata, .of("x-TAG"), on: 1, metadata: metadata))

        #expect(try answers.map { try $0.message.value } == ["a,c"])
    }

    @Test func `pairs without a key cost nothing, because they are dropped`() throws {
        let envelope = try Frame.request(EchoService.metadata, .of(""), on: 1).body
        let pairs = Array(repeating: [0x2A, 0x00] as [UInt8], count: 1000).flatMap(\.self)

        let other = try Frame.request(EchoService.metadata, .of(""), on: 1, metadata: [("k", "v")]).body
        let bytes = pairs + envelope + other + pairs
        let parsed = try RequestEnvelope(parsing: bytes.span)

        #expect(parsed.metadataSize == 2)
        #expect(parsed.metadata(in: bytes.span).encoded.count == 8)
    }

    @Test func `refuses metadata over the limit`() throws {
        let server = try ConnectionInHand()
        let value = String(repeating: "v", count: 8 * 1024 - 1)

        let within = try server.exchange(.request(EchoService.metadata, .of("k"), on: 1, metadata: [("k", value)]))
        let over = try server.exchange(.request(EchoService.metadata, .of("k"), on: 3, metadata: [("kk", value)]))

        #expect(try within.map { try $0.message.value } == [value])
        #expect(try over.map { try $0.status.code } == [.resourceExhausted])
    }
}
