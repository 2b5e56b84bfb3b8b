import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// What a server says about trying again.
struct PushbackTests {
    @Test func `waits as long as the server says`() throws {
        let client = ClientInHand()
        _ = try client.call(EchoService.echo)
        _ = try client.receive()
        try client.send(Frame.failure(14, delay: .with { $0.seconds = 3 }, on: 1))

        client.pass(.milliseconds(2990))
        #expect(try client.receive().isEmpty)
        client.pass(.milliseconds(10))

        #expect(try client.receive().count == 1)
    }

    @Test func `waits as long as the details of a status say`() throws {
        let client = ClientInHand()
        _ = try client.call(EchoService.echo)
        _ = try client.receive()
        let status = Status(.unavailable, "", reason: "X", details: [RetryInfo.with { $0.retryDelay.seconds = 3 }])
        let response = Ttrpc_Response.with {
            $0.status.code = 14
            $0.status.details = status.details
        }
        try client.send(Frame(stream: 1, type: 2, body: response.serializedBytes()))

        client.pass(.milliseconds(2990))
        #expect(try client.receive().isEmpty)
        client.pass(.milliseconds(10))

        #expect(try client.receive().count == 1)
    }

    @Test func `waits as long as a RESET says, also before it sends a refused call again`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.command)

        try client.send(.reset(3, isRefused: true, retry: .after(milliseconds: 250)))
        client.pass(.milliseconds(249))
        #expect(try client.receive().map(\.stream) == [3])
        client.pass(.milliseconds(1))

        #expect(try client.receive().map(\.stream) == [5])
        #expect(!call.responses.isFinished)
    }

    @Test(arguments: [Reset.Retry.never, .after(milliseconds: 60_000)])
    func `gives a refused call up if the server says so, or asks for too much`(retry: Reset.Retry) throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.echo)

        try client.send(.reset(3, isRefused: true, retry: retry))
        client.pass(.seconds(120))

        #expect(call.failure?.code == .unavailable)
        #expect(try client.receive().count == 1)
    }

    @Test(arguments: [-1, 3600])
    func `does not wait for ever, nor against the server's word`(seconds: Int64) throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo)

        try client.send(Frame.failure(14, delay: .with { $0.seconds = seconds }, on: 1))

        #expect(call.failure?.code == .unavailable)
    }

    @Test func `does not wait beyond the deadline`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo, timeout: .seconds(2))

        try client.send(Frame.failure(14, delay: .with { $0.seconds = 3 }, on: 1))

        #expect(call.failure?.code == .unavailable)
    }
}

extension Frame {
    /// An error, with what the server says about trying again.
    static func failure(_ code: Int32, delay: Google_Protobuf_Duration? = nil, on stream: UInt32) throws -> Frame {
        let response = Ttrpc_Response.with {
            $0.status.code = code
            if let delay { $0.xtRetryAfter = delay }
        }
        return Frame(stream: stream, type: 2, body: try response.serializedBytes())
    }
}
