import NIOCore
import Testing

@testable import RPC

/// How connections end: on purpose, of age, of rest, of silence.
struct ConnectionEndTests {
    private static func pong(_ purpose: ServerConnection.PingPurpose) -> Frame {
        .extended(.ping(purpose.rawValue, isAcknowledgement: true))
    }

    @Test func `a drain warns first, serves on, and closes with the last answer`() throws {
        let server = try ConnectionInHand.extended()
        try server.send(.request(EchoService.wait, .of("a"), on: 3))

        server.drain()
        let warning = try server.receive()
        let served = try server.exchange(.request(EchoService.echo, .of("hi"), on: 5))
        let final = try server.exchange(Self.pong(.warning), .request(EchoService.echo, on: 7), .data(.of("x"), on: 7))
        #expect(!server.isClosed)
        server.open("a")

        #expect(
            warning.map(\.asExtended) == [
                .goAway(GoAway(lastStream: 0xFFFF_FFFD, code: 0, text: "shutdown")),
                .ping(ServerConnection.PingPurpose.warning.rawValue, isAcknowledgement: false),
            ]
        )
        #expect(served == [try .response(.of("hi"), on: 5)])
        #expect(final.map(\.asExtended) == [.goAway(GoAway(lastStream: 5, code: 0, text: ""))])
        #expect(try server.receive() == [try .response(.of("a"), on: 3)])
        #expect(server.isClosed)
        #expect(!server.isKnown)
    }

    @Test func `a client that does not answer the warning is told the last stream in five seconds`() throws {
        let server = try ConnectionInHand.extended()
        try server.send(.request(EchoService.wait, .of("a"), on: 3))
        server.drain()
        _ = try server.receive()

        server.pass(.milliseconds(4900))
        #expect(try server.receive() == [])
        server.pass(.milliseconds(200))

        #expect(try server.goAway()?.lastStream == 3)
        #expect(!server.isClosed)
    }

    @Test func `an idle connection closes as soon as its client has answered the warning`() throws {
        let server = try ConnectionInHand.extended()
        server.drain()
        #expect(!server.isClosed)

        try server.send(Self.pong(.warning))

        #expect(server.isClosed)
        #expect(!server.isKnown)
    }

    @Test func `a drain before the agreement waits for it`() throws {
        let server = try ConnectionInHand()
        try server.send(try .request(EchoService.echo, on: 1).offering())
        server.drain()
        _ = try server.receive()

        let warning = try server.exchange(.acknowledgement(), .request(EchoService.echo, .of("hi"), on: 3))
        try server.send(Self.pong(.warning))

        #expect(warning.map(\.type) == [0x82, 0x81, 2])
        #expect(server.isClosed)
    }

    @Test func `a request begun in fragments before the last warning is served`() throws {
        let server = try ConnectionInHand.extended()
        let text = String(repeating: "x", count: 40_000)
        let fragments = try Frame.request(EchoService.echo, .of(text), on: 3).fragments(of: 16_384)
        try server.send(fragments[0])

        server.drain()
        try server.send(Self.pong(.warning))
        #expect(!server.isClosed)
        let answers = try server.exchange(Array(fragments.dropFirst()))

        #expect(answers.on(3).bodyBytes > 40_000)
        #expect(server.isClosed)
    }

    @Test func `a connection ends at its age, ten per cent more or less`() throws {
        let server = try ConnectionInHand.extended(.with { ($0.maxAge, $0.firstFrameTimeout) = (.seconds(1000), nil) })

        server.pass(.seconds(899))
        #expect(try server.receive() == [])
        server.pass(.seconds(202))

        #expect(try server.goAway()?.text == "max_age")
    }

    @Test func `connections of one moment end at many moments, all within ten per cent`() throws {
        let server = try ConnectionInHand(
            .with { ($0.maxAge, $0.retiresPlainClients, $0.keepaliveInterval) = (.seconds(1000), true, nil) }
        )
        let ages = (0..<100).compactMap { _ in
            let connection = ServerConnection(of: server.core, on: server.connection.shared)
            connection.life.connected(at: .uptimeNanoseconds(0))
            return connection.life.due.map { ($0 - .uptimeNanoseconds(0)).nanoseconds / 1_000_000_000 }
        }

        #expect(ages.count == 100)
        #expect(ages.allSatisfy { (900...1100).contains($0) })
        #expect(Set(ages).count > 50)
        #expect(ages.contains { $0 < 950 } && ages.contains { $0 > 1050 })
    }

    @Test func `a plain client's running calls outlast the grace`() throws {
        let server = try ConnectionInHand(
            .with { ($0.maxAge, $0.maxGrace, $0.retiresPlainClients) = (.seconds(10), .seconds(10), true) }
        )
        try server.send(.request(EchoService.wait, .of("a"), on: 1))

        server.pass(.minutes(5))
        #expect(!server.isClosed)
        server.open("a")

        #expect(try server.receive() == [try .response(.of("a"), on: 1)])
        #expect(server.isClosed)
    }

    @Test func `a client that goes away gets its answers, and may close when it has them`() throws {
        let server = try ConnectionInHand.extended()
        try server.send(.request(EchoService.wait, .of("a"), on: 3))

        let silence = try server.exchange(.extended(.goAway(GoAway(lastStream: 0, code: 0, text: "bye"))))
        #expect(!server.isClosed)
        server.open("a")

        #expect(silence == [])
        #expect(try server.receive() == [try .response(.of("a"), on: 3)])
        #expect(!server.isClosed)
        server.hangUp()
        #expect(!server.isKnown)
    }

    @Test func `a connection rests so long and no longer, counted from its last call`() throws {
        let server = try ConnectionInHand.extended(.with { $0.maxIdle = .seconds(100) })
        try server.send(.request(EchoService.wait, .of("a"), on: 3))
        server.pass(.seconds(500))
        #expect(try server.receive() == [])

        server.open("a")
        server.pass(.seconds(99))
        #expect(try server.receive().map(\.type) == [2])
        server.pass(.seconds(2))

        #expect(try server.goAway()?.text == "max_idle")
    }

    @Test func `calls have the grace to finish, and no longer`() throws {
        let server = try ConnectionInHand.extended(
            .with { ($0.maxAge, $0.maxGrace) = (.seconds(1000), .seconds(30)) }
        )
        try server.send(.request(EchoService.wait, .of("a"), on: 3))

        server.pass(.seconds(899))
        #expect(try server.receive().isEmpty)
        server.pass(.seconds(1101 + 31 - 899))

        #expect(server.isClosed)
        #expect(server.handlers.gates.isOpen("a cancelled"))
    }

    @Test func `a plain client's connection does not age, unless it is to`() throws {
        let lasting = try ConnectionInHand(.with { ($0.maxAge, $0.maxIdle) = (.seconds(10), .seconds(10)) })
        _ = try lasting.exchange(.request(EchoService.echo, on: 1))
        let ageing = try ConnectionInHand(
            .with { ($0.maxAge, $0.retiresPlainClients) = (.seconds(10), true) }
        )
        try ageing.send(.request(EchoService.wait, .of("a"), on: 1))

        lasting.pass(.hours(1))
        ageing.pass(.seconds(12))
        #expect(!lasting.isClosed)
        #expect(!ageing.isClosed)
        let served = try ageing.exchange(.request(EchoService.echo, .of("hi"), on: 3))
        ageing.open("a")

        #expect(served == [try .response(.of("hi"), on: 3)])
        #expect(try ageing.receive() == [try .response(.of("a"), on: 1)])
        #expect(ageing.isClosed)
    }

    @Test func `a silent client is asked for a sign of life and closed without one`() throws {
        let configuration = ServerConfiguration.with { $0.keepaliveInterval = .seconds(100) }
        let dead = try ConnectionInHand.extended(configuration)
        let living = try ConnectionInHand.extended(configuration)

        dead.pass(.seconds(201))
        living.pass(.seconds(201))
        #expect(try dead.receive().map(\.type) == [0x81])
        #expect(try living.receive().map(\.type) == [0x81])
        try living.send(Self.pong(.keepalive))
        dead.pass(.seconds(21))
        living.pass(.seconds(21))

        #expect(dead.isClosed)
        #expect(!living.isClosed)
    }

    @Test func `answers a ping with its bytes, ahead of data that waits`() throws {
        let server = try ConnectionInHand.extended()
        server.setWritable(false)
        try server.send(.request(EchoService.large, .of("100000"), on: 3))

        let answers = try server.exchange(.extended(.ping(0x0102_0304_0506_0708, isAcknowledgement: false)))

        #expect(answers.map(\.asExtended) == [.ping(0x0102_0304_0506_0708, isAcknowledgement: true)])
    }

    @Test func `pings nearer to each other than agreed are forgiven twice`() throws {
        let server = try ConnectionInHand.extended()
        let ping = Frame.extended(.ping(1, isAcknowledgement: false))

        #expect(try server.exchange(ping, ping, ping).count == 3)
        try server.send(ping)

        let goAway = try #require(try server.goAway())
        #expect(goAway.code == GoAway.Code.enhanceYourCalm.rawValue)
        #expect(goAway.text == "too_many_pings")
        #expect(server.isClosed)
    }

    @Test func `an answer in between forgives all pings`() throws {
        let server = try ConnectionInHand.extended()
        let ping = Frame.extended(.ping(1, isAcknowledgement: false))

        for stream in stride(from: 3, to: 43, by: 2) as StrideTo<UInt32> {
            _ = try server.exchange(ping, ping, ping, .request(EchoService.echo, on: stream))
        }

        #expect(!server.isClosed)
    }

    @Test func `pings as far apart as agreed may go on for ever`() throws {
        let server = try ConnectionInHand.extended()

        for _ in 0..<20 {
            server.pass(.seconds(11))
            #expect(try server.exchange(.extended(.ping(1, isAcknowledgement: false))).count == 1)
        }

        #expect(!server.isClosed)
    }

    @Test func `control frames without data end the connection, and others notice nothing`() throws {
        let server = try ConnectionInHand.extended(.with { $0.controlFramesPerSecond = 10 })
        let other = try ConnectionInHand.extended()
        let update = Frame.extended(.windowUpdate(stream: .max, credit: 1))

        _ = try server.exchange(Array(repeating: update, count: 10))
        #expect(!server.isClosed)
        try server.send(update)

        #expect(try server.goAway()?.code == GoAway.Code.enhanceYourCalm.rawValue)
        #expect(server.isClosed)
        #expect(try other.exchange(.request(EchoService.echo, .of("hi"), on: 3)) == [try .response(.of("hi"), on: 3)])
    }

    @Test func `credit for what was sent may come in as many frames as there are streams`() throws {
        let server = try ConnectionInHand.extended(.with { $0.controlFramesPerSecond = 10 })
        let streams = Array(stride(from: 3, to: 103, by: 2) as StrideTo<UInt32>)
        for stream in streams {
            try server.send(.request(EchoService.pause, .of("\(stream)", value: Self.text), on: stream, flags: 1))
        }
        let sent = try server.receive()

        let credit = streams.map { Frame.extended(.windowUpdate(stream: $0, credit: 1000)) }
        try server.send(bytes: credit.flatMap(\.bytes))

        #expect(sent.count == streams.count)
        #expect(!server.isClosed)
        try server.send(bytes: credit.flatMap(\.bytes))
        #expect(server.isClosed)  // nothing was sent that this would pay for
    }

    private static let text = String(repeating: "x", count: 1000)

    @Test func `nothing is read or answered after the client broke the protocol`() throws {
        let server = try ConnectionInHand.extended()
        try server.send(.request(EchoService.wait, .of("a"), on: 3))

        try server.send(Frame(stream: .max, type: 1), .request(EchoService.echo, on: 5))
        server.open("a")

        #expect(try server.receive().map(\.type) == [0x82])
        #expect(server.isClosed)
        #expect(!server.isKnown)
    }
}
