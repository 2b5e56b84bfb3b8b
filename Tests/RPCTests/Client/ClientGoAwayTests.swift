import NIOCore
import NIOEmbedded
import Testing

@testable import RPC

/// A server that wants a connection to end, and one that has gone silent.
struct ClientGoAwayTests {
    @Test func `after the first GOAWAY new calls dial anew while running ones finish`() throws {
        let client = ClientInHand()
        try client.agree()
        let running = [try client.call(EchoService.echo), try client.call(RequestMethods.converse)]
        try client.send(.goAway(GoAway.warning), Frame.extended(.ping(7, isAcknowledgement: false)))
        #expect(try client.receive().last == Frame.extended(.ping(7, isAcknowledgement: true)))

        let later = try client.call(EchoService.echo)
        #expect(client.attempts == 2)
        #expect(later.stream == 1)
        try client.send(.goAway(5), .response(.init(), on: 3))
        #expect(!client.isClosed(0))
        try client.send(.end(5))

        #expect(running.allSatisfy { $0.isGood })
        #expect(client.isClosed(0))
        #expect(!client.isClosed(1))
    }

    @Test func `calls above the last one are sent again elsewhere, whatever they are`() throws {
        let client = ClientInHand()
        try client.agree()
        let calls = try (0..<3).map { _ in try client.call(EchoService.command) }

        try client.send(.goAway(3))

        #expect(try client.receive(on: 1).map(\.stream) == [1, 3])
        try client.send(.response(.init(), on: 3))
        try client.send(.response(.init(), on: 1), .response(.init(), on: 3), on: 1)
        #expect(calls.allSatisfy { $0.isGood })
    }

    @Test func `a stream above the last one starts again if nothing followed its request`() throws {
        let client = ClientInHand()
        try client.agree()
        let fresh = try client.call(RequestMethods.converse)
        let begun = try client.call(RequestMethods.converse)
        try begun.put(.of("x"))
        client.loop.run()

        try client.send(.goAway(1))
        try fresh.put(.of("y"))
        client.loop.run()

        #expect(begun.failure?.code == .unavailable)
        #expect(try client.receive(on: 1).map(\.flags) == [6, 0])
    }

    @Test func `calls that wait for room move to the new connection`() throws {
        let client = ClientInHand()
        try client.agree(.ofServer { $0.maxConcurrentStreams = 1 })
        let calls = try (0..<3).map { _ in try client.call(EchoService.echo) }

        try client.send(.goAway(GoAway.warning))

        #expect(client.attempts == 2)
        #expect(try client.receive(on: 1).count == 2)
        #expect(calls.allSatisfy { !$0.responses.isFinished })
    }

    @Test func `streams that wait get connections of their own as long as the new server is unknown`() throws {
        let client = ClientInHand()
        try client.agree(.ofServer { $0.maxConcurrentStreams = 1 })
        let running = try client.call(EchoService.echo)
        let (stream, unary) = (try client.call(EchoService.count), try client.call(EchoService.echo))

        try client.send(.goAway(GoAway.warning))
        try #require(client.attempts == 3)
        try client.send(.data(.of("x"), on: 1), on: 2)
        stream.abandon()
        client.loop.run()

        #expect(client.isClosed(2))
        #expect(!client.isClosed(1))
        #expect(!running.responses.isFinished)
        #expect(!unary.responses.isFinished)
    }

    @Test func `asks a silent server for a sign of life and gives it up`() throws {
        let client = ClientInHand(.with { ($0.keepalive, $0.retry) = (.init(interval: .seconds(30)), .never) })
        try client.agree()
        let call = try client.call(EchoService.echo)
        _ = try client.receive()

        client.pass(.seconds(29))
        #expect(try client.receive().isEmpty)
        client.pass(.seconds(1))
        #expect(try client.receive().map(\.type) == [0x81])
        client.pass(.seconds(19))
        #expect(!client.isClosed())
        client.pass(.seconds(1))

        #expect(client.isClosed())
        #expect(call.failure?.code == .unavailable)
    }

    @Test func `any byte is a sign of life`() throws {
        let client = ClientInHand(.with { $0.keepalive = .init(interval: .seconds(30)) })
        try client.agree()
        let call = try client.call(EchoService.count)
        client.pass(.seconds(30))
        _ = try client.receive()
        client.pass(.seconds(10))

        try client.send(.data(.of("x"), on: 3))
        client.pass(.seconds(29))

        #expect(!client.isClosed())
        #expect(try client.receive().isEmpty)
        #expect(!call.responses.isFinished)
    }

    @Test func `a stream that its caller holds up is no sign of death`() throws {
        let client = ClientInHand(.with { ($0.keepalive, $0.streamQueueLimit) = (.init(interval: .seconds(30)), 100) })
        let call = try client.call(EchoService.count)
        try client.send(.settings(), .data(.of(String(repeating: "x", count: 200)), on: 1))

        client.pass(.seconds(300))

        #expect(!client.isClosed())
        #expect(!call.responses.isFinished)
    }

    @Test func `asks no more often than every ten seconds`() throws {
        let client = ClientInHand(.with { $0.keepalive = .init(interval: .seconds(1), whenIdle: true) })
        try client.agree(.ofServer { $0.pingMinIntervalMs = 0 })

        client.pass(.milliseconds(9_990))
        #expect(try client.receive().isEmpty)
        client.pass(.milliseconds(10))

        #expect(try client.receive().map(\.type) == [0x81])
    }

    @Test(arguments: [(false, 0), (true, 1)])
    func `leaves an idle server in peace unless it shall not`(whenIdle: Bool, pings: Int) throws {
        let client = ClientInHand(.with { $0.keepalive = .init(interval: .seconds(30), whenIdle: whenIdle) })
        try client.agree()

        client.pass(.seconds(45))

        #expect(try client.receive().count == pings)
    }

    @Test func `asks no more often than the server wants, and half as often once it complains`() throws {
        let client = ClientInHand(.with { $0.keepalive = .init(interval: .seconds(1), whenIdle: true) })
        try client.agree(.ofServer { $0.pingMinIntervalMs = 15_000 })
        client.pass(.seconds(14))
        #expect(try client.receive().isEmpty)
        client.pass(.seconds(1))
        #expect(try client.receive().map(\.type) == [0x81])

        try client.send(.goAway(1, .enhanceYourCalm, "too_many_pings"))
        #expect(client.isClosed(0))
        try client.agree(.ofServer { $0.pingMinIntervalMs = 15_000 })
        client.pass(.seconds(29))
        #expect(try client.receive(on: 1).isEmpty)
        client.pass(.seconds(1))

        #expect(try client.receive(on: 1).map(\.type) == [0x81])
    }

    @Test func `a plain server is asked nothing`() throws {
        let client = ClientInHand(.with { $0.keepalive = .init(interval: .seconds(30), whenIdle: true) })
        _ = try client.call(EchoService.echo)
        try client.send(.response(.init(), on: 1))
        _ = try client.receive()

        client.pass(.seconds(100))

        #expect(try client.receive().isEmpty)
        #expect(!client.isClosed())
    }
}
