import NIOCore
import Testing

@testable import RPC

/// Streams whose handlers do not read: they end, and nothing else on the connection notices.
struct StreamQueueTests {
    private static let kilobyte = String(repeating: "x", count: 1000)

    @Test func `a stream nobody reads ends when its queue is full`() throws {
        let server = try ConnectionInHand(.with { $0.maxStreamQueue = 10_000 })
        try server.send(.request(EchoService.joinLate, on: 1, flags: 6))

        var sent = 0
        var answers: [Frame] = []
        while answers.isEmpty, sent < 100 {
            answers = try server.exchange(.data(.of(Self.kilobyte), on: 1))
            sent += 1
        }

        #expect(sent == 10)  // a message takes a little more than a kilobyte
        #expect(try answers.map { try $0.status.errorInfo?.reason } == ["STREAM_QUEUE_FULL"])
        #expect(try answers.map { try $0.status.code } == [.resourceExhausted])
        #expect(server.handlers.gates.isOpen("join cancelled"))
        #expect(try server.exchange(.data(.of(Self.kilobyte), on: 1), .end(1)) == [])
        #expect(server.connection.calls.waitingBytes == 0)
    }

    @Test func `a flood of empty messages fills the queue too`() throws {
        let server = try ConnectionInHand(.with { $0.maxStreamQueue = 1000 })
        try server.send(.request(EchoService.joinLate, on: 1, flags: 6))

        let empty = Array(repeating: Frame(stream: 1, type: 3).bytes, count: 101).flatMap(\.self)
        try server.send(bytes: empty)

        #expect(try server.receive().map { try $0.status.code } == [.resourceExhausted])
    }

    @Test func `one message longer than the queue is taken`() throws {
        let server = try ConnectionInHand(.with { $0.maxStreamQueue = 100 })

        let answers = try server.exchange(
            .request(EchoService.join, on: 1, flags: 6),
            .data(.of(Self.kilobyte), on: 1)
        )
        let rest = try server.exchange(.data(.of(Self.kilobyte), on: 1), .end(1))

        #expect(answers == [])
        #expect(rest == [try .response(.of(Self.kilobyte + "," + Self.kilobyte), on: 1)])
    }

    @Test func `all streams of a connection together have a bound`() throws {
        let server = try ConnectionInHand(.with { $0.maxConnectionQueue = 2500 })
        for stream in [1, 3, 5] as [UInt32] {
            try server.send(.request(EchoService.joinLate, on: stream, flags: 6))
        }

        let answers = try server.exchange(
            .data(.of(Self.kilobyte), on: 1),
            .data(.of(Self.kilobyte), on: 3),
            .data(.of(Self.kilobyte), on: 5)
        )
        try server.send(.end(1), .end(3))
        server.open("join")

        #expect(answers.map(\.stream) == [5])
        #expect(try server.receive().map(\.stream).sorted() == [1, 3])
        #expect(server.connection.calls.waitingBytes == 0)
    }

    @Test func `a stalled stream leaves the other calls of its connection alone`() throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.joinLate, on: 1, flags: 6))

        for stream in stride(from: 3, to: 1003, by: 2) as StrideTo<UInt32> {
            let answers = try server.exchange(
                .data(.of(Self.kilobyte), on: 1),
                .request(EchoService.echo, .of("hi"), on: stream)
            )

            #expect(answers.filter { $0.stream == stream } == [try .response(.of("hi"), on: stream)])
        }
    }

    @Test func `a handler that reads gives room back`() throws {
        let server = try ConnectionInHand(.with { $0.maxStreamQueue = 3000 })
        try server.send(.request(EchoService.talk, on: 1, flags: 6))

        for _ in 0..<50 {
            let answers = try server.exchange(.data(.of(Self.kilobyte), on: 1), .data(.of(Self.kilobyte), on: 1))

            #expect(answers.count == 2)
        }

        #expect(server.connection.calls.waitingBytes == 0)
    }
}
