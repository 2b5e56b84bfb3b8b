import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// Deadlines and backoff of a client, with time in the test's hand.
struct ClientTimeTests {
    @Test(arguments: [.zero, .seconds(-1)] as [TimeAmount])
    func `an expired deadline fails the call and sends nothing`(timeout: TimeAmount) throws {
        let client = ClientInHand()

        let call = try client.call(EchoService.echo, timeout: timeout)

        #expect(call.failure?.code == .deadlineExceeded)
        #expect(client.attempts == 0)
    }

    @Test func `sends the time that is left, and none where there is no deadline`() throws {
        let client = ClientInHand()

        _ = try client.call(EchoService.echo, timeout: .seconds(3))
        _ = try client.call(EchoService.echo)

        let requests = try client.receive().map { try Ttrpc_Request(serializedBytes: $0.body) }
        #expect(requests.map(\.timeoutNano) == [3_000_000_000, 0])
    }

    @Test func `ends a call itself when its time is over and drops the late response`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.echo, timeout: .milliseconds(50))
        let other = try client.call(EchoService.echo, timeout: .seconds(50))

        client.pass(.milliseconds(49))
        #expect(!call.responses.isFinished)
        client.pass(.milliseconds(21))
        try client.send(.response(.of("late"), on: 1), .response(.of("hi"), on: 3))

        #expect(call.failure?.code == .deadlineExceeded)
        #expect(other.failure == nil)
        #expect(other.responses.isFinished)
        #expect(client.connections[0].isActive)
    }

    @Test func `closes the connection of a stream whose time is over`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.count, timeout: .milliseconds(50))
        try client.send(.data(.of("x"), on: 1))

        client.pass(.milliseconds(70))

        #expect(call.failure?.code == .deadlineExceeded)
        #expect(!client.connections[0].isActive)
    }

    @Test func `does not try again before its backoff is over`() throws {
        let client = ClientInHand(.with { ($0.firstBackoff, $0.longestBackoff) = (.seconds(10), .seconds(20)) })
        client.isReachable = false
        let first = try client.call(EchoService.echo)
        client.pass(.seconds(4))
        let second = try client.call(EchoService.count)
        client.isReachable = true

        client.pass(.seconds(6))
        let third = try client.call(EchoService.echo)

        #expect([first, second].map { $0.failure?.errorInfo?.reason } == ["CONNECT_FAILED", "CONNECT_FAILED"])
        #expect(client.attempts == 2)
        #expect(!third.responses.isFinished)
        #expect(try client.receive().count == 1)
    }

    @Test func `waits longer after each failure`() throws {
        let client = ClientInHand(.with { ($0.firstBackoff, $0.longestBackoff) = (.seconds(10), .seconds(1000)) })
        client.isReachable = false

        _ = try client.call(EchoService.echo)
        client.pass(.seconds(10))
        _ = try client.call(EchoService.echo)
        client.pass(.seconds(9))
        _ = try client.call(EchoService.echo)
        #expect(client.attempts == 2)
        client.pass(.seconds(11))
        _ = try client.call(EchoService.echo)

        #expect(client.attempts == 3)
    }

    @Test func `refuses calls while the server leaves too many requests`() throws {
        let client = ClientInHand(.with { $0.maxPendingOutput = 0 })
        _ = try client.call(EchoService.echo)
        client.connections[0].isWritable = false

        let refused = try client.call(EchoService.echo)

        #expect(refused.failure?.errorInfo?.reason == "TOO_MANY_CALLS")
    }
}
