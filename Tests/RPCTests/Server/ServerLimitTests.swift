import NIOCore
import Testing

@testable import RPC

/// Every bound a connection keeps, reached.
struct ServerLimitTests {
    @Test(arguments: [1, 2, 3] as [UInt8])
    func `answers a frame that is too long, drops it as it comes and goes on`(type: UInt8) throws {
        let server = try ConnectionInHand(.with { $0.maxFrameBody = 1000 })

        try server.send(bytes: Frame.header(length: 1001, stream: 1, type: type))
        let answers = try server.receive()
        try server.send(bytes: Array(repeating: 1, count: 700))
        try server.send(bytes: Array(repeating: 1, count: 301))
        let next = try server.exchange(.request(EchoService.echo, .of("hi"), on: 3))

        #expect(try answers.map { try $0.status.errorInfo?.reason } == ["FRAME_TOO_LONG"])
        #expect(next == [try .response(.of("hi"), on: 3)])
    }

    @Test func `drops a frame of an unknown type that is too long without an answer`() throws {
        let server = try ConnectionInHand(.with { $0.maxFrameBody = 1000 })

        try server.send(bytes: Frame.header(length: 1001, stream: 1, type: 0x90) + Array(repeating: 1, count: 1001))

        #expect(try server.receive() == [])
        #expect(try server.exchange(.request(EchoService.echo, on: 1)).count == 1)
    }

    @Test func `a frame that is too long ends the call on its stream`() throws {
        let server = try ConnectionInHand(.with { $0.maxFrameBody = 1000 })
        try server.send(.request(EchoService.wait, .of("gate"), on: 1))

        try server.send(bytes: Frame.header(length: 1001, stream: 1, type: 3) + Array(repeating: 1, count: 1001))

        #expect(try server.receive().map { try $0.status.code } == [.resourceExhausted])
        #expect(server.handlers.gates.isOpen("gate cancelled"))
    }

    @Test func `closes after too many frames that are too long in a minute`() throws {
        let server = try ConnectionInHand(.with { ($0.maxFrameBody, $0.firstFrameTimeout) = (0, nil) })
        let frame = Frame.header(length: 1, stream: 1, type: 1) + [0]

        for _ in 0..<8 { try server.send(bytes: frame) }
        server.pass(.seconds(61))
        for _ in 0..<8 { try server.send(bytes: frame) }

        #expect(!server.isClosed)
        try server.send(bytes: frame)
        #expect(server.isClosed)
    }

    @Test func `closes at a length nobody means`() throws {
        let server = try ConnectionInHand()

        try server.send(bytes: Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))

        #expect(server.isClosed)
        #expect(!server.isKnown)
    }

    @Test func `refuses calls above the limit until a handler returns`() throws {
        let server = try ConnectionInHand(.with { $0.maxConcurrentCalls = 2 })
        try server.send(.request(EchoService.wait, .of("a"), on: 1), .request(EchoService.wait, .of("b"), on: 3))

        let refused = try server.exchange(.request(EchoService.echo, on: 5))
        server.open("a")
        let after = try server.exchange(.request(EchoService.echo, .of("hi"), on: 7))

        #expect(try refused.map { try $0.status.errorInfo?.reason } == ["TOO_MANY_CALLS"])
        #expect(after == [try .response(.of("a"), on: 1), try .response(.of("hi"), on: 7)])
    }

    @Test func `closes a connection that stays silent`() throws {
        let server = try ConnectionInHand(.with { $0.firstFrameTimeout = .seconds(60) })

        server.pass(.seconds(59))
        #expect(!server.isClosed)
        server.pass(.seconds(2))

        #expect(server.isClosed)
    }

    @Test func `lets a connection rest after its first frame`() throws {
        let server = try ConnectionInHand()
        _ = try server.exchange(.request(EchoService.echo, on: 1))

        server.pass(.hours(5))

        #expect(!server.isClosed)
    }

    @Test func `closes a connection that drips a frame`() throws {
        let server = try ConnectionInHand()
        let frame = try Frame.request(EchoService.echo, .of(String(repeating: "x", count: 128 * 1024)), on: 1).bytes
        try server.send(bytes: Array(frame.prefix(5)))
        server.pass(.seconds(19))

        try server.send(bytes: Array(frame[5..<100]))
        server.pass(.seconds(2))
        #expect(!server.isClosed)  // 128 KiB have two seconds more
        server.pass(.seconds(2))

        #expect(server.isClosed)
    }

    @Test func `closes a connection that never completes a request in pieces`() throws {
        let server = try ConnectionInHand.extended()
        let text = String(repeating: "x", count: 20_000)
        let good = try Frame.request(EchoService.echo, .of(text), on: 3).fragments(of: 16_000)
        let never = try Frame.request(EchoService.echo, .of(text), on: 5).fragments(of: 16_000)
        try server.send(good[0], never[0])

        server.pass(.seconds(100))
        let answers = try server.exchange([good[1]])
        server.pass(.seconds(140))  // 128 for 8 MiB, and 20
        #expect(!server.isClosed)
        server.pass(.seconds(10))

        #expect(answers.on(3).bodyBytes > 20_000)
        #expect(server.isClosed)
    }

    @Test func `a request in pieces that is complete or given up is waited for no longer`() throws {
        let server = try ConnectionInHand.extended()
        let text = String(repeating: "x", count: 20_000)
        let pieces = try Frame.request(EchoService.echo, .of(text), on: 3).fragments(of: 16_000)
        let given = try Frame.request(EchoService.echo, .of(text), on: 5).fragments(of: 16_000)
        _ = try server.exchange(pieces)

        try server.send(given[0], .extended(.cancel(stream: 5, .cancelled, "")))
        server.pass(.hours(1))

        #expect(!server.isClosed)
    }

    @Test func `a frame that comes in pieces but in time is served`() throws {
        let server = try ConnectionInHand()
        let frame = try Frame.request(EchoService.echo, .of("hi"), on: 1).bytes

        for byte in frame {
            try server.send(bytes: [byte])
            server.pass(.milliseconds(100))
        }
        server.pass(.minutes(5))

        #expect(try server.receive() == [try .response(.of("hi"), on: 1)])
        #expect(!server.isClosed)
    }

    @Test func `closes a connection that takes none of its answers`() throws {
        let server = try ConnectionInHand()
        server.setWritable(false)
        try server.send(.request(EchoService.endless, .of("x"), on: 1))
        try server.send(.request(EchoService.echo, on: 3))

        server.pass(.seconds(59))
        #expect(!server.isClosed)
        server.pass(.seconds(2))

        #expect(server.isClosed)
        #expect(server.handlers.gates.isOpen("endless ended"))
    }
}

extension ServerConfiguration {
    /// The defaults with changes.
    static func with(_ change: (inout ServerConfiguration) -> Void) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        change(&configuration)
        return configuration
    }
}
