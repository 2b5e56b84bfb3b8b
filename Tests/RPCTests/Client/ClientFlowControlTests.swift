import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// Credit in both directions, toward a server that speaks the extension.
struct ClientFlowControlTests {
    /// A client whose windows are 1000 for a stream and 4000 for the connection, on an agreed connection.
    private static func client(_ settings: Ttrpc_Settings = .ofServer(), budget: Int = 1 << 20) throws -> ClientInHand {
        let client = ClientInHand(
            .with {
                $0.extensionSettings?.streamWindow = 1000
                $0.extensionSettings?.connectionWindow = 4000
                $0.connectionQueueLimit = budget
                $0.retry = .never
            }
        )
        try client.agree(settings)
        return client
    }

    /// A message whose frame costs a number of bytes.
    private static func message(_ charge: Int, on stream: UInt32) throws -> Frame {
        let frame = try Frame.data(.of(String(repeating: "x", count: charge - 14)), on: stream)
        return try frame.body.count + 10 == charge
            ? frame : .data(.of(String(repeating: "x", count: charge - 12)), on: stream)
    }

    @Test func `grants a stream more once the caller has read half of its window`() throws {
        let client = try Self.client()
        let call = try client.call(EchoService.count)
        _ = try client.receive()
        for _ in 0..<10 { try client.send(Self.message(100, on: 3)) }
        #expect(try client.receive().isEmpty)

        _ = call.read(4)
        client.loop.run()
        #expect(try client.receive().isEmpty)
        _ = call.read(1)
        client.loop.run()

        #expect(try client.receive() == [.credit(500, 3)])
    }

    @Test func `grants what is owed to a reader that waits`() throws {
        let client = try Self.client()
        let call = try client.call(EchoService.count)
        _ = try client.receive()

        for _ in 0..<20 {
            _ = call.read(1)
            try client.send(Self.message(100, on: 3))
        }

        let grant = Frame.credit(500, 3)
        #expect(try client.receive() == [grant, grant, grant, .credit(2000), grant])
    }

    @Test func `grants the connection more on arrival, so that no unread stream stops another`() throws {
        let client = try Self.client()
        let calls = try (0..<3).map { _ in try client.call(EchoService.count) }
        _ = try client.receive()

        for stream in [3, 5] as [UInt32] {
            for _ in 0..<10 { try client.send(Self.message(100, on: stream)) }
        }

        #expect(try client.receive() == [.credit(2000)])
        #expect(calls.allSatisfy { !$0.responses.isFinished })
    }

    @Test func `holds the connection's credit back while too much is unread`() throws {
        let client = try Self.client(budget: 1500)
        let calls = try (0..<2).map { _ in try client.call(EchoService.count) }
        _ = try client.receive()
        for stream in [3, 5] as [UInt32] {
            for _ in 0..<10 { try client.send(Self.message(100, on: stream)) }
        }
        #expect(try client.receive().isEmpty)

        _ = calls[0].read(10)
        client.loop.run()

        #expect(try client.receive() == [.credit(1000, 3), .credit(2000)])
    }

    @Test func `more than was granted ends the connection`() throws {
        let client = try Self.client()
        let call = try client.call(EchoService.count)
        _ = try client.receive()

        for _ in 0..<11 where !client.isClosed() { try client.send(Self.message(100, on: 3)) }

        #expect(try client.receive().map(\.goAwayCode) == [3])
        #expect(client.isClosed())
        #expect(call.failure?.code == .unavailable)
    }

    @Test func `a flood of empty messages is bounded like any other`() throws {
        let client = try Self.client()
        _ = try client.call(EchoService.count)
        _ = try client.receive()

        for _ in 0..<100 { try client.send(Frame(stream: 3, type: 3)) }
        #expect(!client.isClosed())
        try client.send(Frame(stream: 3, type: 3))

        #expect(try client.receive().map(\.goAwayCode) == [3])
    }

    @Test func `late bytes of a cancelled stream return to the connection`() throws {
        let client = try Self.client()
        let call = try client.call(EchoService.count)
        for _ in 0..<9 { try client.send(Self.message(100, on: 3)) }
        _ = try client.receive()
        call.abandon()
        client.loop.run()

        for _ in 0..<11 { try client.send(Self.message(100, on: 3)) }

        #expect(try client.receive() == [.cancel(3, 1), .credit(2000)])
    }

    @Test func `pieces of a late message return too`() throws {
        let client = try Self.client()
        let call = try client.call(EchoService.count)
        let pieces = try Frame.data(.of(String(repeating: "x", count: 3990)), on: 3).fragments(of: 490)
        try client.send(pieces[0])
        _ = try client.receive()
        call.abandon()
        client.loop.run()

        for piece in pieces.dropFirst() { try client.send(piece) }

        #expect(try client.receive() == [.cancel(3, 1), .credit(2000), .credit(2000)])
    }

    @Test func `streams left within a message do not add up`() throws {
        let client = ClientInHand()
        try client.agree()
        for _ in 0..<1100 {
            let call = try client.call(EchoService.count)
            try client.send(Frame(stream: call.stream, type: 3, flags: 0x40, body: [1]))
            call.abandon()
            client.loop.run()
        }

        let call = try client.call(EchoService.count)
        try client.send(.data(.of("x"), on: call.stream), .end(call.stream))

        #expect(call.isGood)
        #expect(!client.isClosed())
    }

    @Test func `a message longer than the window arrives, since its pieces return at once`() throws {
        let client = try Self.client()
        let call = try client.call(EchoService.count)
        _ = try client.receive()
        let text = String(repeating: "x", count: 5000)

        for piece in try Frame.data(.of(text), on: 3).fragments(of: 490) {
            try client.send(piece)
            #expect(!client.isClosed())
        }

        #expect(call.read(1).all == [text])
    }

    @Test func `a stream from before the agreement costs no credit`() throws {
        let client = ClientInHand(.with { $0.extensionSettings?.streamWindow = 1000 })
        let call = try client.call(EchoService.count)
        try client.send(.settings())

        for _ in 0..<50 { try client.send(Self.message(100, on: 1)) }

        #expect(!client.isClosed())
        #expect(call.read(50).all.count == 50)
    }

    @Test func `without flow control an unread stream on the shared connection fails and no other`() throws {
        let client = ClientInHand(.with { $0.streamQueueLimit = 1000 })
        try client.agree(.ofServer { $0.features = Agreement.Features.fragments.rawValue })
        let unread = try client.call(EchoService.count)
        let other = try client.call(EchoService.echo)
        _ = try client.receive()

        for _ in 0..<12 { try client.send(Self.message(100, on: 3)) }
        try client.send(.response(.init(), on: 5))

        #expect(unread.failure?.errorInfo?.reason == "STREAM_OVERFLOW")
        #expect(other.isGood)
        #expect(try client.receive() == [.cancel(3, 1)])
    }

    @Test func `writes no more than the server grants, and the end without credit`() throws {
        let client = try Self.client(.ofServer { $0.initialStreamWindow = 250 })
        let call = try client.call(RequestMethods.converse)
        for _ in 0..<3 { try call.put(.of(String(repeating: "x", count: 88))) }  // a charge of 100 each
        client.loop.run()
        let sent = try client.receive().dropFirst()
        #expect(sent.reduce(0) { $0 + $1.body.count + 10 } <= 250)

        try client.send(.credit(200, 3))
        call.finishWriting()
        client.lookAtSockets()

        let rest = try client.receive()
        #expect((sent + rest).reduce(0) { $0 + $1.body.count } == 270)
        #expect(rest.last == .end(3))
    }

    @Test func `streams take turns however much one has to write`() throws {
        let client = ClientInHand(.with { $0.requestQueueLimit = 1 << 20 })
        try client.agree()
        let calls = try (0..<2).map { _ in try client.call(RequestMethods.converse) }
        _ = try client.receive()
        for _ in 0..<20 { try calls[0].put(.of(String(repeating: "x", count: 10_000))) }
        try calls[1].put(.of("x"))

        client.loop.run()
        for _ in 0..<4 { client.pass(.milliseconds(1)) }

        let streams = try client.receive().map(\.stream)
        #expect(streams.count == 21)
        #expect(streams.firstIndex(of: 5).map { $0 < 8 } == true)
    }

    @Test func `a writer waits while the server grants nothing`() throws {
        let client = try Self.client(.ofServer { $0.initialStreamWindow = 20 })
        let call = try client.call(RequestMethods.converse)
        let message = Ttrpc_KeyValue.of(String(repeating: "x", count: 20_000))

        var written = 0
        while written < 20, try !call.put(message).all.isEmpty {
            client.lookAtSockets()
            written += 1
        }
        #expect(written < 12)
        _ = try client.receive()
        try client.send(.credit(150_000, 3))

        #expect(try client.receive().reduce(0) { $0 + $1.body.count } > 140_000)
    }

    @Test(arguments: [FrameHeader.connectionStream, 3])
    func `credit that cannot be ends the connection`(stream: UInt32) throws {
        for credit in [0, UInt32(Int32.max)] as [UInt32] {
            let client = try Self.client()
            _ = try client.call(RequestMethods.converse)
            _ = try client.receive()

            try client.send(.credit(credit, stream))

            #expect(try client.receive().map(\.goAwayCode) == [3])
            #expect(client.isClosed())
        }
    }
}
