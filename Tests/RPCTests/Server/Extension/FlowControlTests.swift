import NIOCore
import Testing

@testable import RPC

/// Credit both ways: what a client may send, and what the server sends to it.
struct FlowControlTests {
    private static let kilobyte = String(repeating: "x", count: 1000)

    private static func settings(stream: Int, connection: Int) -> ServerConfiguration {
        .with {
            $0.extensionSettings?.streamWindow = stream
            $0.extensionSettings?.connectionWindow = connection
        }
    }

    @Test func `an unread stream does not end, and its client gets no more credit`() throws {
        let server = try ConnectionInHand.extended(Self.settings(stream: 10_000, connection: 1_000_000))
        try server.send(.request(EchoService.joinLate, on: 3, flags: 6))

        let answers = try server.exchange(try (0..<9).map { _ in try .data(.of(Self.kilobyte), on: 3) })
        try server.send(.end(3))
        server.open("join")
        let rest = try server.receive()

        #expect(answers == [])
        #expect(rest.last?.type == 2)
        #expect(try rest.last?.message.key.count == 9 * 1001 - 1)
    }

    @Test func `credit comes back as messages are read`() throws {
        let server = try ConnectionInHand.extended(Self.settings(stream: 10_000, connection: 1_000_000))
        try server.send(.request(EchoService.join, on: 3, flags: 6))

        let answers = try server.exchange(try (0..<50).map { _ in try .data(.of(Self.kilobyte), on: 3) })

        let granted = answers.compactMap { frame in
            if case .windowUpdate(stream: 3, let credit)? = frame.asExtended { Int(credit) } else { nil }
        }
        #expect(granted.reduce(0, +) > 40 * 1000)
        #expect(granted.allSatisfy { $0 >= 5000 })
        #expect(server.connection.calls.waitingBytes == 0)
    }

    @Test func `more than was granted ends the connection`() throws {
        let server = try ConnectionInHand.extended(Self.settings(stream: 10_000, connection: 1_000_000))
        try server.send(.request(EchoService.joinLate, on: 3, flags: 6))

        try server.send(bytes: try (0..<10).flatMap { _ in try Frame.data(.of(Self.kilobyte), on: 3).bytes })

        #expect(try server.goAway()?.code == GoAway.Code.flowControlError.rawValue)
        #expect(server.handlers.gates.isOpen("join cancelled"))
        #expect(server.isClosed)
    }

    @Test func `a flood of empty messages uses credit up`() throws {
        let server = try ConnectionInHand.extended(Self.settings(stream: 1000, connection: 1_000_000))
        try server.send(.request(EchoService.joinLate, on: 3, flags: 6))
        let empty = Frame(stream: 3, type: 3).bytes

        try server.send(bytes: Array(repeating: empty, count: 100).flatMap(\.self))
        #expect(!server.isClosed)
        try server.send(bytes: empty)

        #expect(try server.goAway()?.code == GoAway.Code.flowControlError.rawValue)
    }

    @Test func `a half-close needs no credit`() throws {
        let server = try ConnectionInHand.extended(Self.settings(stream: 1000, connection: 1_000_000))
        try server.send(.request(EchoService.joinLate, on: 3, flags: 6))
        try server.send(bytes: Array(repeating: Frame(stream: 3, type: 3).bytes, count: 100).flatMap(\.self))

        try server.send(.end(3))
        server.open("join")

        #expect(try server.receive().last?.type == 2)
    }

    @Test func `credit of the connection comes back as frames arrive, read or not`() throws {
        let server = try ConnectionInHand.extended(Self.settings(stream: 100_000, connection: 10_000))
        try server.send(.request(EchoService.joinLate, on: 3, flags: 6))

        let answers = try server.exchange(try (0..<50).map { _ in try .data(.of(Self.kilobyte), on: 3) })

        #expect(answers.allSatisfy { $0.stream == .max && $0.type == 0x83 })
        #expect(answers.count == 10)
    }

    @Test func `credit of the connection is held back while too much waits, and comes when it is read`() throws {
        var configuration = Self.settings(stream: 100_000, connection: 10_000)
        configuration.maxConnectionQueue = 3000
        let server = try ConnectionInHand.extended(configuration)
        try server.send(.request(EchoService.joinLate, on: 3, flags: 6))

        let before = try server.exchange(try (0..<9).map { _ in try .data(.of(Self.kilobyte), on: 3) })
        server.open("join")
        let after = try server.receive()

        #expect(before == [])
        #expect(after.contains { $0.stream == .max && $0.type == 0x83 })
    }

    @Test func `what comes late gives its credit back`() throws {
        let server = try ConnectionInHand.extended(Self.settings(stream: 100_000, connection: 10_000))
        try server.send(.request(EchoService.joinLate, on: 3, flags: 6), .extended(.cancel(stream: 3, .cancelled, "")))

        let answers = try server.exchange(try (0..<50).map { _ in try .data(.of(Self.kilobyte), on: 3) })

        #expect(answers.allSatisfy { $0.stream == .max && $0.type == 0x83 })
        #expect(answers.count == 10)
    }

    @Test func `a message longer than the window arrives in fragments`() throws {
        let server = try ConnectionInHand.extended(Self.settings(stream: 10_000, connection: 20_000))
        try server.send(.request(EchoService.join, on: 3, flags: 6))
        let message = try Frame.data(.of(String(repeating: "x", count: 100_000)), on: 3, flags: 1)

        let answers = try server.exchange(message.fragments(of: 1000))

        #expect(answers.last?.type == 0x87)
        #expect(answers.filter { $0.type == 2 || $0.type == 0x87 }.bodyBytes > 100_000)
        #expect(!server.isClosed)
    }

    @Test func `a stream that began before the agreement is not flow controlled`() throws {
        let server = try ConnectionInHand(Self.settings(stream: 1000, connection: 2000))
        try server.send(try .request(EchoService.join, on: 1, flags: 6).offering())
        try server.send(.acknowledgement())
        _ = try server.receive()

        let answers = try server.exchange(try (0..<50).map { _ in try .data(.of(Self.kilobyte), on: 1) } + [.end(1)])

        #expect(answers.first?.type == 2)
        #expect(answers.allSatisfy { $0.stream == 1 })
    }

    @Test func `writes as far as the client grants, and goes on when it grants more`() throws {
        let server = try ConnectionInHand.extended(client: .test { $0.initialStreamWindow = 50_000 })

        let first = try server.exchange(.request(EchoService.largeStream, .of("100000"), on: 3))
        let rest = try server.exchange(.extended(.windowUpdate(stream: 3, credit: 60_000)))

        #expect(first.charge == 50_000)
        #expect(rest.last == .end(3))
        #expect(first.bodyBytes + rest.bodyBytes > 100_000)
    }

    @Test func `a handler waits while its client grants nothing, and other calls go on`() throws {
        let server = try ConnectionInHand.extended(client: .test { $0.initialStreamWindow = 1000 })
        let stream = try server.exchange(.request(EchoService.endless, .of(Self.kilobyte), on: 3))
        #expect(server.handlers.gates.isOpen("endless began"))

        let unary = try server.exchange(.request(EchoService.large, .of("50000"), on: 5))
        try server.send(.extended(.windowUpdate(stream: 3, credit: 100_000)))
        let more = try server.receive()

        #expect(stream.charge <= 1000)
        #expect(unary.bodyBytes > 50_000)
        #expect(more.charge > 90_000)
        #expect(!server.handlers.gates.isOpen("endless ended"))
    }

    @Test func `the window of the connection bounds all streams together`() throws {
        let server = try ConnectionInHand.extended(client: .test { $0.initialConnWindow = 30_000 })

        let first = try server.exchange(
            .request(EchoService.largeStream, .of("20000"), on: 3),
            .request(EchoService.largeStream, .of("20000"), on: 5)
        )
        let rest = try server.exchange(.extended(.windowUpdate(stream: .max, credit: 30_000)))

        #expect(first.charge <= 30_000)
        #expect(rest.contains(.end(3)))
        #expect(rest.contains(.end(5)))
    }

    @Test(arguments: [(UInt32.max, 0), (.max, 0x7FFF_FFFF), (3, 0), (3, 0x7FFF_FFFF)] as [(UInt32, UInt32)])
    func `a grant that cannot be ends the connection`(stream: UInt32, credit: UInt32) throws {
        let server = try ConnectionInHand.extended()
        try server.send(.request(EchoService.pause, .of("gate"), on: 3))
        _ = try server.receive()

        try server.send(.extended(.windowUpdate(stream: stream, credit: credit)))

        #expect(try server.goAway()?.code == GoAway.Code.flowControlError.rawValue)
        #expect(server.isClosed)
    }

    @Test func `credit for a stream that is over changes nothing`() throws {
        let server = try ConnectionInHand.extended()
        _ = try server.exchange(.request(EchoService.count, .of("1"), on: 3))

        let answers = try server.exchange(.extended(.windowUpdate(stream: 3, credit: 100)))

        #expect(answers == [])
        #expect(!server.isClosed)
    }

    @Test func `calls whose answers a client leaves count against its limit`() throws {
        let configuration = ServerConfiguration.with { $0.maxConcurrentCalls = 4 }
        let server = try ConnectionInHand.extended(configuration, client: .test { $0.initialStreamWindow = 100 })

        let answers = try server.exchange(
            try (1...10).map { try .request(EchoService.largeStream, .of("5000"), on: UInt32($0) * 2 + 1) }
        )

        let refused = answers.filter { frame in
            if case .reset(_, let reset)? = frame.asExtended { reset.isRefused } else { false }
        }
        #expect(refused.count == 6)
    }
}
