import Foundation
import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// Bodies in pieces and compressed ones.
struct ClientFragmentTests {
    private let text = String(repeating: "abc", count: 30_000)

    @Test func `puts answers together whose pieces come between each other`() throws {
        let client = ClientInHand()
        try client.agree()
        let calls = [try client.call(EchoService.echo), try client.call(EchoService.count)]
        let first = try Frame.response(.of(self.text), on: 3).fragments(of: 16_384)
        let second = try Frame.data(.of(self.text), on: 5, flags: 1).fragments(of: 16_384)

        for (one, two) in zip(first, second) { try client.send(one, two) }

        #expect(calls.allSatisfy { $0.isGood })
        #expect(calls[0].read(1).all == [self.text])
        #expect(calls[1].read(1).all == [self.text])
    }

    @Test func `sends a long request in pieces, and short ones between them`() throws {
        let client = ClientInHand()
        try client.agree()
        _ = try client.call(EchoService.echo, .of(self.text))
        _ = try client.call(EchoService.echo)

        let frames = try client.receive()

        #expect(frames.allSatisfy { $0.body.count <= 16_384 })
        #expect(frames.filter { $0.type == 1 }.map(\.stream) == [3, 5])
        #expect(frames.filter { $0.stream == 3 }.map(\.type) == [1] + Array(repeating: 0x87, count: 5))
        let body = frames.filter { $0.stream == 3 }.flatMap(\.body)
        #expect(try Ttrpc_Request(serializedBytes: body).payload.count > 90_000)
    }

    @Test func `drops what is queued of a request that is abandoned`() throws {
        let client = ClientInHand()
        try client.agree()
        client.setWritable(false)
        let call = try client.call(EchoService.echo, .of(self.text))
        call.abandon()
        client.loop.run()
        client.setWritable(true)

        let frames = try client.receive()

        #expect(frames.map(\.type) == [1, 0x84])
    }

    @Test func `an answer that gets too long fails its call and no other`() throws {
        let client = ClientInHand(.with { $0.extensionSettings?.maxMessage = 50_000 })
        try client.agree()
        let call = try client.call(EchoService.echo)
        let other = try client.call(EchoService.echo)
        _ = try client.receive()

        for piece in try Frame.response(.of(self.text), on: 3).fragments(of: 16_384) { try client.send(piece) }
        try client.send(.response(.init(), on: 5))

        #expect(call.failure?.code == .resourceExhausted)
        #expect(other.isGood)
        #expect(try client.receive() == [.cancel(3, 1)])
    }

    @Test func `a request longer than the server takes fails here`() throws {
        let client = ClientInHand()
        try client.agree(.ofServer { $0.maxMessage = 50_000 })

        let call = try client.call(EchoService.echo, .of(self.text))

        #expect(call.failure?.errorInfo?.reason == "MESSAGE_TOO_LONG")
        #expect(try client.receive().isEmpty)
    }

    @Test func `a message longer than the server takes fails its call here`() throws {
        let client = ClientInHand()
        try client.agree(.ofServer { $0.maxMessage = 50_000 })
        let call = try client.call(RequestMethods.converse)

        try call.put(.of(self.text))
        client.loop.run()

        #expect(call.failure?.errorInfo?.reason == "MESSAGE_TOO_LONG")
        #expect(call.failure?.message.contains("50000") == true)
        #expect(try client.receive().map(\.type) == [1, 0x84])
    }

    @Test func `a call that fails here makes room for the next`() throws {
        let client = ClientInHand()
        try client.agree(.ofServer { ($0.maxMessage, $0.maxConcurrentStreams) = (50_000, 1) })
        let call = try client.call(RequestMethods.converse)
        _ = try client.call(EchoService.echo)

        try call.put(.of(self.text))
        client.loop.run()

        #expect(try client.receive().map(\.type) == [1, 0x84, 1])
    }

    @Test func `many long answers may arrive at a time`() throws {
        let client = ClientInHand()
        try client.agree()
        let calls = try (0..<5).map { _ in try client.call(EchoService.echo) }
        let answers = try calls.map { call in
            try Frame.response(.of(String(repeating: "x", count: 4_000_000)), on: call.stream).fragments(of: 16_384)
        }

        for index in answers[0].indices {
            for answer in answers { try client.send(answer[index]) }
        }

        #expect(calls.allSatisfy { $0.isGood })
    }

    @Test func `begins no more long requests than a server can hold`() throws {
        let client = ClientInHand()
        try client.agree()
        client.setWritable(false)
        let long = String(repeating: "x", count: 400_000)
        for _ in 0..<30 { _ = try client.call(EchoService.echo, .of(long)) }

        client.setWritable(true)
        client.pass(.seconds(1))

        var server = BodyAssembler(longestBody: FrameHeader.longestBody, budget: 8 * 1024 * 1024)
        var isWhole = 0
        for frame in try client.receive() {
            let (header, body) = (frame.header, ByteBuffer(bytes: frame.body))
            let outcome = frame.type == 1 ? server.receive(header, body) : server.receiveContinuation(header, body)
            if case .whole = outcome { isWhole += 1 }
        }
        #expect(isWhole == 30)
    }

    @Test(arguments: [0, 1])
    func `no message is longer than a frame`(excess: Int) throws {
        let tag = 1 + Envelope.size(ofVarint: UInt64(FrameHeader.longestBody))
        let message = Ttrpc_KeyValue.of(String(repeating: "x", count: FrameHeader.longestBody - tag + excess))

        if excess == 0 {
            #expect(try ByteBuffer(encoding: message).readableBytes == FrameHeader.longestBody)
        } else {
            #expect(throws: Status.self) { try ByteBuffer(encoding: message) }
        }
    }

    @Test func `a RESET ends a body half way`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.count)
        let pieces = try Frame.data(.of(self.text), on: 3).fragments(of: 16_384)

        try client.send(pieces[0], .reset(3, .internal))
        try client.send(pieces[1])

        #expect(call.failure?.code == .internal)
        #expect(!client.isClosed())
    }

    @Test func `a frame within a body ends the connection`() throws {
        let client = ClientInHand(.with { $0.retry = .never })
        try client.agree()
        _ = try client.call(EchoService.count)
        _ = try client.receive()

        try client.send(Frame.data(.of(self.text), on: 3).fragments(of: 16_384)[0], .data(.of("x"), on: 3))

        #expect(try client.receive().map(\.goAwayCode) == [1])
    }

    @Test func `reads compressed answers and messages`() throws {
        let client = ClientInHand()
        try client.agree()
        let calls = [try client.call(EchoService.echo), try client.call(EchoService.count)]

        try client.send(
            .response(.of(self.text), on: 3).compressed(),
            .data(.of(self.text), on: 5).compressed(),
            .end(5)
        )

        #expect(calls[0].read(1).all == [self.text])
        #expect(calls[1].read(2).all == [self.text, "end"])
    }

    @Test func `a compressed body nobody agreed on ends the connection`() throws {
        let client = ClientInHand(
            .with {
                $0.extensionSettings?.acceptsCompression = false
                $0.retry = .never
            }
        )
        try client.agree()
        _ = try client.call(EchoService.echo)
        _ = try client.receive()

        try client.send(.response(.of(self.text), on: 3).compressed())

        #expect(try client.receive().map(\.goAwayCode) == [9])
        #expect(client.isClosed())
    }

    @Test func `what does not decompress fails its call and no other`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.echo)
        let other = try client.call(EchoService.echo)
        _ = try client.receive()

        try client.send(Frame(stream: 3, type: 2, flags: 0x80, body: [1, 2, 3]), .response(.init(), on: 5))

        #expect(call.failure?.code == .internal)
        #expect(other.isGood)
    }

    @Test func `what decompresses to more than is accepted fails its call and no other`() throws {
        let client = ClientInHand(.with { $0.extensionSettings?.maxMessage = 50_000 })
        try client.agree()
        let call = try client.call(EchoService.count)
        let other = try client.call(EchoService.echo)

        try client.send(.data(.of(self.text), on: 3).compressed(), .response(.init(), on: 5))

        #expect(call.failure?.code == .resourceExhausted)
        #expect(other.isGood)
    }

    @Test(
        arguments: [(false, [:], false), (true, [:], true), (true, ["authorization": "Bearer x"], false)]
            as [(Bool, Metadata, Bool)]
    )
    func `compresses a request if it is asked to and nothing in it is secret`(
        isAsked: Bool,
        metadata: Metadata,
        isCompressed: Bool
    ) throws {
        let client = ClientInHand()
        try client.agree()

        _ = try client.call(EchoService.echo, .of(self.text), options: .init(metadata: metadata, compression: isAsked))

        #expect(try (client.receive()[0].flags & 0x80 != 0) == isCompressed)
    }

    @Test func `compresses the messages of a stream, but no short one`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(RequestMethods.converse, options: .init(compression: true))
        for text in [self.text, "short"] {
            try call.put(.of(text))
            client.loop.run()
            client.pass(.milliseconds(1))
        }

        let frames = try client.receive()

        #expect(frames.map(\.flags) == [6, 0x80, 0])
        let original = try Codec.deflate.decompress(ByteBuffer(bytes: frames[1].body), limit: 1 << 20)
        #expect(try Ttrpc_KeyValue(decoding: original).key == self.text)
    }
}

extension Frame {
    /// The frame with its body compressed.
    fileprivate func compressed() -> Frame {
        let body = Codec.deflate.compress(ByteBuffer(bytes: self.body)).map { Array($0.readableBytesView) }
        return Frame(stream: self.stream, type: self.type, flags: self.flags | 0x80, body: body ?? [])
    }
}
