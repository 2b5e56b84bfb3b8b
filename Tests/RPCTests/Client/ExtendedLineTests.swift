import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// All calls on one connection, and how they end there.
struct ExtendedLineTests {
    @Test func `calls of all kinds share the connection`() throws {
        let client = ClientInHand()
        try client.agree()

        for method in [EchoService.echo, EchoService.count, RequestMethods.collect, RequestMethods.converse] {
            _ = try client.call(method)
        }

        let frames = try client.receive()
        #expect(client.attempts == 1)
        #expect(frames.map(\.stream) == [3, 5, 7, 9])
        #expect(frames.map(\.flags) == [0, 1, 6, 6])
    }

    @Test func `the connection of a first stream becomes that of all`() throws {
        let client = ClientInHand()
        let first = try client.call(EchoService.count)
        try client.send(.settings(), .end(1))

        _ = try client.call(EchoService.echo)
        _ = try client.call(EchoService.count)

        #expect(first.isGood)
        #expect(client.attempts == 1)
        #expect(try client.receive().map(\.type) == [1, 0x80, 1, 1])
    }

    @Test func `one connection is enough`() throws {
        let client = ClientInHand()
        let first = try client.call(EchoService.count)
        try client.send(.settings())
        _ = try client.call(EchoService.echo)
        try client.send(.settings(), on: 1)

        try client.send(.end(1))
        _ = try client.call(EchoService.count)

        #expect(first.isGood)
        #expect(client.isClosed(0))
        #expect(client.attempts == 2)
        #expect(try client.receive(on: 1).map(\.type) == [1, 0x80, 1])
    }

    @Test(arguments: [EchoService.echo, EchoService.count, RequestMethods.collect, RequestMethods.converse])
    func `a call left early is cancelled and leaves the connection`(method: EchoService.EchoMethod) throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(method)
        _ = try client.receive()

        call.abandon()
        client.loop.run()
        try client.send(.data(.of("late"), on: 3), .end(3), .response(.of("late"), on: 3), .reset(3), .credit(5, 3))

        #expect(try client.receive() == [.cancel(3, 1)])
        #expect(!client.isClosed())
    }

    @Test(arguments: [EchoService.echo, RequestMethods.converse])
    func `tells the server when a call's time is over`(method: EchoService.EchoMethod) throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(method, timeout: .milliseconds(50))
        _ = try client.receive()

        client.pass(.milliseconds(70))

        #expect(call.failure?.code == .deadlineExceeded)
        #expect(try client.receive() == [.cancel(3, 4)])
    }

    @Test func `cancels on a server it does not know yet, but not on a plain one`() throws {
        let client = ClientInHand()
        let first = try client.call(EchoService.echo)
        _ = try client.receive()
        first.abandon()
        client.loop.run()
        #expect(try client.receive() == [.cancel(1, 1)])

        try client.send(.response(.init(), on: 1))
        let second = try client.call(EchoService.echo)
        _ = try client.receive()
        second.abandon()
        client.loop.run()

        #expect(try client.receive().isEmpty)
    }

    @Test func `lets calls wait that are more than the server serves at a time`() throws {
        let client = ClientInHand(.with { $0.maxConcurrentCalls = 3 })
        try client.agree(.ofServer { $0.maxConcurrentStreams = 2 })
        let calls = try (0..<4).map { _ in try client.call(EchoService.echo) }
        #expect(try client.receive().map(\.stream) == [3, 5])
        #expect(calls[3].failure?.errorInfo?.reason == "TOO_MANY_CALLS")

        try client.send(.response(.init(), on: 5))

        #expect(try client.receive().map(\.stream) == [7])
        #expect(calls.map(\.isGood) == [false, true, false, false])
    }

    @Test func `an abandoned call makes room`() throws {
        let client = ClientInHand()
        try client.agree(.ofServer { $0.maxConcurrentStreams = 1 })
        let calls = try (0..<2).map { _ in try client.call(EchoService.echo) }
        _ = try client.receive()

        calls[0].abandon()
        client.loop.run()

        #expect(try client.receive().map(\.type) == [0x84, 1])
    }

    @Test func `bounds the streams of the shared connection too`() throws {
        let client = ClientInHand(.with { $0.maxStreams = 1 })
        try client.agree()
        let calls = try (0..<2).map { _ in try client.call(EchoService.count) }
        #expect(calls[1].failure?.errorInfo?.reason == "TOO_MANY_STREAMS")

        try client.send(.end(3))
        let third = try client.call(EchoService.count)

        #expect(!third.responses.isFinished)
    }

    @Test func `a RESET ends its call`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(RequestMethods.converse)

        try client.send(.reset(3, .aborted))

        #expect(call.failure == Status(.aborted, "reset"))
        #expect(!client.isClosed())
    }

    @Test(arguments: [true, false])
    func `reads headers and trailers of one answer, good or bad`(isGood: Bool) throws {
        let client = ClientInHand()
        let receipt = CallReceipt()
        _ = try client.call(EchoService.echo, options: .init(receipt: receipt))
        let response = Ttrpc_Response.with {
            if !isGood { $0.status.code = 5 }
            $0.xtHeader = [.of("a", value: "1"), .of("a", value: "2")]
            $0.xtTrailer = [.of("b", value: "3")]
        }

        try client.send(Frame(stream: 1, type: 2, body: response.serializedBytes()))

        #expect(receipt.headers == ["a": "1", "a": "2"])
        #expect(receipt.trailers == ["b": "3"])
    }

    @Test func `reads headers and trailers of a stream`() throws {
        let client = ClientInHand()
        try client.agree()
        let receipt = CallReceipt()
        let call = try client.call(EchoService.count, options: .init(receipt: receipt))

        try client.send(Frame.extended(.metadata(stream: 3, ["a": "1"], isTrailing: false)), .data(.of("x"), on: 3))
        #expect(receipt.headers == ["a": "1"])
        try client.send(Frame.extended(.metadata(stream: 3, ["b": "2"], isTrailing: true)), .end(3))

        #expect(receipt.trailers == ["b": "2"])
        #expect(call.isGood)
    }
}
