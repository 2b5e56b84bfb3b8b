import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// Which calls are sent again, when, and which never.
struct RetryTests {
    @Test func `a query whose connection is lost is sent again, a command is not`() throws {
        let client = ClientInHand()
        let query = try client.call(EchoService.echo, .of("q"))
        let command = try client.call(EchoService.command, .of("c"))

        client.connections[0].close(promise: nil)
        client.loop.run()
        client.pass(.seconds(1))

        #expect(command.failure?.errorInfo?.reason == "CONNECTION_LOST")
        #expect(!query.responses.isFinished)
        let frames = try client.receive(on: 1)
        #expect(try frames.map { try $0.request.payload } == [Ttrpc_KeyValue.of("q").serializedBytes()])
        try client.send(.response(.of("a"), on: 1), on: 1)
        #expect(query.isGood)
    }

    @Test func `a command with an idempotency key is sent again`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.command, options: .init(metadata: ["Idempotency-Key": "1"]))

        try client.send(Frame.failure(14, on: 1))
        client.pass(.seconds(1))

        #expect(!call.responses.isFinished)
        #expect(try client.receive().map(\.stream) == [1, 3])
    }

    @Test func `a command that was refused is sent again once and at once`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.command)

        try client.send(.reset(3, isRefused: true))
        #expect(try client.receive().map(\.stream) == [3, 5])
        try client.send(.reset(5, isRefused: true))

        #expect(call.failure?.code == .unavailable)
    }

    @Test func `a query refused twice is sent once more, but not at once`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.echo)

        try client.send(.reset(3, isRefused: true))
        try client.send(.reset(5, isRefused: true))
        #expect(try client.receive().map(\.stream) == [3, 5])
        client.pass(.milliseconds(50))

        #expect(try client.receive().map(\.stream) == [7])
        #expect(!call.responses.isFinished)
    }

    @Test func `a RESET that does not say so is no refusal`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.command)

        try client.send(.reset(3))

        #expect(call.failure?.code == .unavailable)
    }

    @Test func `nothing is sent again once a response has come`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.count)

        try client.send(.data(.of("x"), on: 1), Frame.failure(14, on: 1))
        client.pass(.seconds(1))

        #expect(call.failure?.code == .unavailable)
        #expect(try client.receive().count == 1)
    }

    @Test func `a stream without a response yet is sent again`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.count)

        try client.send(Frame.failure(14, on: 1))
        client.pass(.seconds(1))
        try client.send(.data(.of("x"), on: 3), .end(3))

        #expect(call.read(2).all == ["x", "end"])
    }

    @Test func `other failures are final`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo)

        try client.send(Frame.failure(8, on: 1))

        #expect(call.failure?.code == .resourceExhausted)
    }

    @Test func `sends no call more often than it may`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo)

        for stream in stride(from: 1, through: 9, by: 2) {
            try client.send(Frame.failure(14, on: UInt32(stream)))
            client.pass(.seconds(2))
        }

        #expect(try client.receive().count == 5)
        #expect(call.failure?.code == .unavailable)
    }

    @Test func `a call given up while it waits is not sent again`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo)
        try client.send(Frame.failure(14, on: 1))
        _ = try client.receive()

        call.abandon()
        client.pass(.seconds(2))

        #expect(try client.receive().isEmpty)
    }

    @Test func `closing ends a call that waits for its next try`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo)
        try client.send(Frame.failure(14, on: 1))

        client.close()

        #expect(call.failure == .clientClosed)
    }

    @Test func `bounds the calls that wait for their next try`() throws {
        let client = ClientInHand(.with { $0.maxConcurrentCalls = 2 })
        var calls: [ClientCall] = []
        for stream in [1, 3, 5] as [UInt32] {
            calls.append(try client.call(EchoService.echo))
            try client.send(Frame.failure(14, on: stream))
        }

        #expect(calls.map { $0.failure?.code } == [nil, nil, .unavailable])
        client.pass(.seconds(1))

        #expect(try client.receive().count == 5)
    }

    @Test func `stops repeating when too much fails`() throws {
        let client = ClientInHand(.with { $0.retry.budget = 4 })
        let calls = try (0..<3).map { _ in try client.call(EchoService.echo) }
        _ = try client.receive()

        for stream in [1, 3, 5] as [UInt32] { try client.send(Frame.failure(14, on: stream)) }
        client.pass(.seconds(1))

        #expect(try client.receive().count == 1)
        #expect(calls.map { $0.failure?.code } == [nil, .unavailable, .unavailable])
    }

    @Test func `waits for a connection if it shall`() throws {
        let client = ClientInHand(.with { $0.retry.waitsForConnection = true })
        client.isReachable = false
        let patient = try client.call(EchoService.command, timeout: .seconds(60))
        let hasty = try client.call(EchoService.command, timeout: .milliseconds(40))
        client.pass(.seconds(5))
        #expect(hasty.failure?.errorInfo?.reason == "CONNECT_FAILED")
        #expect(!patient.responses.isFinished)

        client.isReachable = true
        client.pass(.seconds(5))

        #expect(try client.receive().count == 1)
    }
}
