import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// Which calls are sent again, when, and which never.
struct RetryTests {
    private static func failure(_ code: Int32, delay: Google_Protobuf_Duration? = nil, on stream: UInt32) throws
        -> Frame
    {
        let response = Ttrpc_Response.with {
            $0.status.code = code
            if let delay { $0.xtRetryAfter = delay }
        }
        return Frame(stream: stream, type: 2, body: try response.serializedBytes())
    }

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

        try client.send(Self.failure(14, on: 1))
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

        try client.send(.data(.of("x"), on: 1), Self.failure(14, on: 1))
        client.pass(.seconds(1))

        #expect(call.failure?.code == .unavailable)
        #expect(try client.receive().count == 1)
    }

    @Test func `a stream without a response yet is sent again`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.count)

        try client.send(Self.failure(14, on: 1))
        client.pass(.seconds(1))
        try client.send(.data(.of("x"), on: 3), .end(3))

        #expect(call.read(2).all == ["x", "end"])
    }

    @Test func `other failures are final`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo)

        try client.send(Self.failure(8, on: 1))

        #expect(call.failure?.code == .resourceExhausted)
    }

    @Test func `sends no call more often than it may`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo)

        for stream in stride(from: 1, through: 9, by: 2) {
            try client.send(Self.failure(14, on: UInt32(stream)))
            client.pass(.seconds(2))
        }

        #expect(try client.receive().count == 5)
        #expect(call.failure?.code == .unavailable)
    }

    @Test func `waits as long as the server says`() throws {
        let client = ClientInHand()
        _ = try client.call(EchoService.echo)
        _ = try client.receive()
        try client.send(Self.failure(14, delay: .with { $0.seconds = 3 }, on: 1))

        client.pass(.milliseconds(2990))
        #expect(try client.receive().isEmpty)
        client.pass(.milliseconds(10))

        #expect(try client.receive().count == 1)
    }

    @Test(arguments: [-1, 3600])
    func `does not wait for ever, nor against the server's word`(seconds: Int64) throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo)

        try client.send(Self.failure(14, delay: .with { $0.seconds = seconds }, on: 1))

        #expect(call.failure?.code == .unavailable)
    }

    @Test func `does not wait beyond the deadline`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo, timeout: .seconds(2))

        try client.send(Self.failure(14, delay: .with { $0.seconds = 3 }, on: 1))

        #expect(call.failure?.code == .unavailable)
    }

    @Test func `a call given up while it waits is not sent again`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo)
        try client.send(Self.failure(14, on: 1))
        _ = try client.receive()

        call.abandon()
        client.pass(.seconds(2))

        #expect(try client.receive().isEmpty)
    }

    @Test func `closing ends a call that waits for its next try`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo)
        try client.send(Self.failure(14, on: 1))

        client.close()

        #expect(call.failure == .clientClosed)
    }

    @Test func `bounds the calls that wait for their next try`() throws {
        let client = ClientInHand(.with { $0.maxConcurrentCalls = 2 })
        var calls: [ClientCall] = []
        for stream in [1, 3, 5] as [UInt32] {
            calls.append(try client.call(EchoService.echo))
            try client.send(Self.failure(14, on: stream))
        }

        #expect(calls.map { $0.failure?.code } == [nil, nil, .unavailable])
        client.pass(.seconds(1))

        #expect(try client.receive().count == 5)
    }

    @Test func `a query is not hedged where nobody can be reached, and goes on`() throws {
        let client = ClientInHand(.with { $0.firstBackoff = .seconds(10) }, addresses: 2)
        client.dead = ["unix:/0"]
        let call = try client.call(EchoService.echo, options: .init(hedgeAfter: .milliseconds(100)))
        client.pass(.milliseconds(100))
        client.connections[0].close(promise: nil)
        client.loop.run()

        #expect(client.addresses == ["unix:/0", "unix:/1"])
        #expect(!call.responses.isFinished)
    }

    @Test func `stops repeating when too much fails`() throws {
        let client = ClientInHand(.with { $0.retry.budget = 4 })
        let calls = try (0..<3).map { _ in try client.call(EchoService.echo) }
        _ = try client.receive()

        for stream in [1, 3, 5] as [UInt32] { try client.send(Self.failure(14, on: stream)) }
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
        #expect(hasty.failure?.code == .deadlineExceeded || hasty.failure?.code == .unavailable)
        #expect(!patient.responses.isFinished)

        client.isReachable = true
        client.pass(.seconds(5))

        #expect(try client.receive().count == 1)
    }

    @Test func `the first answer of a hedged query counts, and the other is cancelled`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.echo, options: .init(hedgeAfter: .milliseconds(100)))
        client.pass(.milliseconds(100))
        #expect(try client.receive().map(\.stream) == [3, 5])

        try client.send(.response(.of("second"), on: 5))

        #expect(call.read(1).all == ["second"])
        #expect(try client.receive() == [.cancel(3, 1)])
    }

    @Test func `a hedged query survives the failure of one try`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.echo, options: .init(hedgeAfter: .milliseconds(100)))
        client.pass(.milliseconds(100))

        try client.send(Self.failure(14, on: 3), .response(.of("second"), on: 5))

        #expect(call.read(1).all == ["second"])
    }

    @Test(arguments: [EchoService.command, EchoService.count, RequestMethods.converse])
    func `nothing but unary queries is hedged`(method: EchoService.EchoMethod) throws {
        let client = ClientInHand()
        try client.agree()
        _ = try client.call(method, options: .init(hedgeAfter: .milliseconds(100)))

        client.pass(.milliseconds(200))

        #expect(try client.receive().count == 1)
    }
}
