import NIOCore
import NIOEmbedded
import Testing

@testable import RPC

/// The connection of unary calls while it is made, used up and closed.
struct SharedLineTests {
    @Test func `calls that come while it connects go out together`() throws {
        let client = ClientInHand()

        let calls = try (0..<3).map { try client.call(EchoService.echo, .of("\($0)")) }

        #expect(client.attempts == 1)
        #expect(try client.receive().map(\.stream) == [1, 3, 5])
        #expect(calls.allSatisfy { !$0.responses.isFinished })
    }

    @Test func `calls that wait find new connections when the streams of one run out`() throws {
        let client = ClientInHand(.with { $0.firstStream = 0xFFFF_FFFD })

        let calls = try (0..<3).map { try client.call(EchoService.echo, .of("\($0)")) }
        for connection in 0..<3 { try client.send(.response(.of("hi"), on: 0xFFFF_FFFD), on: connection) }

        #expect(client.attempts == 3)
        #expect(calls.allSatisfy { $0.responses.isFinished && $0.failure == nil })
        #expect(client.connections.allSatisfy { !$0.isActive })
    }

    @Test func `bounds the calls that wait for the connection`() throws {
        let client = ClientInHand(.with { $0.maxConcurrentCalls = 2 })
        client.isReachable = nil

        let calls = try (0..<3).map { _ in try client.call(EchoService.echo) }
        #expect(calls.map { $0.failure?.errorInfo?.reason } == [nil, nil, "TOO_MANY_CALLS"])
        client.giveUp()

        #expect(calls[0].failure?.errorInfo?.reason == "CONNECT_FAILED")
        #expect(calls[1].failure?.errorInfo?.reason == "CONNECT_FAILED")
    }

    @Test func `a call that is abandoned while it waits is not sent`() throws {
        let client = ClientInHand()
        client.isReachable = nil
        let first = try client.call(EchoService.echo)
        first.abandon()
        client.giveUp()
        client.isReachable = true
        client.pass(.seconds(2))

        _ = try client.call(EchoService.echo)

        #expect(try client.receive().map(\.stream) == [1])
    }

    @Test func `closing fails the calls that wait for a connection`() throws {
        let client = ClientInHand()
        client.isReachable = nil
        let calls = [try client.call(EchoService.echo), try client.call(EchoService.count)]

        client.close()

        #expect(calls.map(\.failure) == [.clientClosed, .clientClosed])
        client.giveUp()
    }
}
