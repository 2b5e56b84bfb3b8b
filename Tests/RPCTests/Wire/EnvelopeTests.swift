import Foundation
import NIOCore
import SwiftProtobuf
import Testing

@testable import RPC

/// The envelopes read and written by hand, against those of swift-protobuf.
struct EnvelopeTests {
    @Test(arguments: 0..<100)
    func `reads the requests that swift-protobuf writes`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let expected = Ttrpc_Request.with {
            $0.service = String(repeating: "é", count: .random(in: 0...40, using: &random))
            $0.method = String(repeating: "m", count: .random(in: 0...200, using: &random))
            $0.payload = Data(random.bytes(upTo: 500))
            $0.timeoutNano = .random(in: .min ... .max, using: &random)
            $0.metadata = (0..<Int.random(in: 0...3, using: &random)).map { .of("k\($0)", value: "v\($0)") }
        }
        let bytes: [UInt8] = try expected.serializedBytes()

        let request = try RequestEnvelope(parsing: bytes.span)

        #expect(Array(bytes[request.service]) == Array(expected.service.utf8))
        #expect(Array(bytes[request.method]) == Array(expected.method.utf8))
        #expect(Data(bytes[request.payload]) == expected.payload)
        #expect(request.timeout == expected.timeoutNano)
        let pairs = request.metadata(in: bytes.span).pairs
        #expect(pairs.map(\.key) == expected.metadata.map(\.key))
        #expect(pairs.map(\.value) == expected.metadata.map(\.value))
    }

    @Test(arguments: 0..<300)
    func `refuses what swift-protobuf refuses, and neither traps nor loops`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var bytes: [UInt8] = try Ttrpc_Request.with {
            ($0.service, $0.method, $0.timeoutNano) = ("service", "method", 77)
            $0.metadata = [.of("key", value: "value")]
        }.serializedBytes()
        for _ in 0..<3 { bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random) }

        let ours = try? RequestEnvelope(parsing: bytes.span)
        let theirs = try? Ttrpc_Request(serializedBytes: bytes)

        if let ours, let theirs {
            #expect(String(decoding: bytes[ours.method], as: UTF8.self) == theirs.method)
            #expect(ours.timeout == theirs.timeoutNano)
        } else if ours != nil {
            // Names are compared as bytes, so they need not be valid text.
            #expect(String(validating: bytes, as: UTF8.self) == nil)
        }
    }

    @Test func `counts the bytes of keys and values, but not of what has no key`() throws {
        let bytes: [UInt8] = try Ttrpc_Request.with {
            $0.metadata = [.of("abc", value: "1234567"), .of("", value: "nothing"), .of("d", value: "")]
        }.serializedBytes()

        let request = try RequestEnvelope(parsing: bytes.span)

        #expect(request.metadataSize == 11)
        #expect(request.metadata(in: bytes.span) == ["abc": "1234567", "d": ""])
    }

    @Test func `finds metadata between other fields, and none of them in it`() throws {
        let pair: [UInt8] = try Ttrpc_KeyValue.of("Key", value: "value").serializedBytes()
        let field = [5 << 3 | 2, UInt8(pair.count)] + pair
        let others: [UInt8] = [3 << 3 | 2, 2, 5 << 3 | 2, 0] + [4 << 3, 77]
        let bytes = others + field + others + field + field + others

        let request = try RequestEnvelope(parsing: bytes.span)

        let metadata = request.metadata(in: bytes.span)
        #expect(metadata == ["key": "value", "Key": "value", "KEY": "value"])
        #expect(metadata.encoded.count == 3 * field.count)
        #expect(request.metadata(in: bytes.span).values(for: "key") == ["value", "value", "value"])
        #expect(request.timeout == 77)
    }

    @Test(arguments: [1, 2, 3] as [UInt8])
    func `keeps nothing of a pair but its key and its value`(number: UInt8) throws {
        let long = [number << 3 | 2, 0xA0, 0x8D, 0x06] + Array(repeating: UInt8(ascii: "x"), count: 100_000)
        let pair = long + (try Ttrpc_KeyValue.of("k", value: "v").serializedBytes() as [UInt8])
        let bytes = [5 << 3 | 2, 0xAA, 0x8D, 0x06] + pair

        let request = try RequestEnvelope(parsing: bytes.span)

        #expect(request.metadataSize == 2)
        #expect(request.metadata(in: bytes.span) == ["k": "v"])
        #expect(request.metadata(in: bytes.span).encoded.count == 8)
    }

    @Test(arguments: [1, 2]) func `refuses metadata that is no text`(number: UInt8) {
        let pair: [UInt8] = [number << 3 | 2, 1, 0xFF]
        let bytes = [5 << 3 | 2, UInt8(pair.count)] + pair

        #expect(throws: MalformedEnvelope.self) { _ = try RequestEnvelope(parsing: bytes.span) }
    }

    @Test func `reads responses with and without a status`() throws {
        let good: [UInt8] = try Ttrpc_Response.with { $0.payload = Data([1, 2]) }.serializedBytes()
        let bad: [UInt8] = try Ttrpc_Response.with { $0.status.code = 5 }.serializedBytes()

        let first = try ResponseEnvelope(parsing: good.span)
        let second = try ResponseEnvelope(parsing: bad.span)

        #expect(first.status == nil)
        #expect(Array(good[first.payload]) == [1, 2])
        #expect(Status(decoding: bad.span.extracting(try #require(second.status)).bytes).code == .notFound)
    }

    @Test(arguments: [nil, 1, .max] as [Int64?])
    func `writes requests that swift-protobuf reads`(timeout: Int64?) throws {
        let metadata: Metadata = ["Tag": "a", "tag": "b"]
        let message = Ttrpc_KeyValue.of("key", value: String(repeating: "v", count: 300))
        var buffer = ByteBuffer()

        let envelope = try ByteBuffer.requestEnvelope(EchoService.echo.descriptor, message, metadata)
        try buffer.writeRequest(envelope, timeout: timeout, on: 9, flags: .remoteClosed)

        let frame = try #require(Frame.all(in: buffer).first)
        let request = try Ttrpc_Request(serializedBytes: frame.body)
        #expect((frame.stream, frame.type, frame.flags) == (9, 1, 1))
        #expect((request.service, request.method) == (EchoService.name, "Echo"))
        #expect(request.timeoutNano == timeout ?? 0)
        #expect(request.metadata == [.of("tag", value: "a"), .of("tag", value: "b")])
        #expect(try Ttrpc_KeyValue(serializedBytes: request.payload) == message)
    }

    @Test func `refuses to write a request over the limit`() throws {
        var buffer = ByteBuffer()
        let message = Ttrpc_KeyValue.of(String(repeating: "x", count: FrameHeader.longestBody - 20))

        #expect(throws: Status.self) {
            let envelope = try ByteBuffer.requestEnvelope(EchoService.echo.descriptor, message, Metadata())
            try buffer.writeRequest(envelope, timeout: 1, on: 1)
        }

        #expect(buffer.readableBytes == 0)
    }
}
