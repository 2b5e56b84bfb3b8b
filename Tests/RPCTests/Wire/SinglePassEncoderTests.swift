import Foundation
import NIOCore
import SwiftProtobuf
import Testing

@testable import RPC

@Suite struct SinglePassEncoderTests {
    private typealias Kinds = Hub_Test_Kinds

    @Test(arguments: 0..<400 as Range<UInt64>)
    func `writes the bytes that swift-protobuf writes`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let message = Kinds.random(depth: Int(seed % 5), &random)

        #expect(try encoded(message, room: 1 << 20) == message.serializedBytes())
    }

    @Test func `writes numbers at their limits`() throws {
        for value in [Int64.min, -1, 0, 1, 127, 128, 16_383, 16_384, .max] {
            let message = Kinds.with {
                $0.int64 = value
                $0.int32 = Int32(truncatingIfNeeded: value)
                $0.uint64 = UInt64(bitPattern: value)
                $0.uint32 = UInt32(truncatingIfNeeded: value)
                $0.sint64 = value
                $0.sint32 = Int32(truncatingIfNeeded: value)
                $0.maybe = value
            }
            #expect(try encoded(message, room: 200) == message.serializedBytes())
        }
    }

    @Test(arguments: [0, 1, 126, 127, 128, 129, 16_383, 16_384, 20_000])
    func `puts the length of a message of any size in front of it`(length: Int) throws {
        let inner = Kinds.with { $0.string = String(repeating: "x", count: length) }
        let message = Kinds.with { $0.nested = .with { $0.children = [inner, inner] } }

        #expect(try encoded(message, room: 1 << 17) == message.serializedBytes())
    }

    @Test func `keeps what it does not know`() throws {
        let known = Kinds.with { $0.string = "known" }
        let bytes = try known.serializedBytes() + [0xf8, 0x7f, 0x05] as [UInt8]
        let message = try Kinds(serializedBytes: bytes)

        #expect(try encoded(message, room: 100) == bytes)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `never writes beyond its room`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let message = Kinds.random(depth: 3, &random)
        let whole: [UInt8] = try message.serializedBytes()

        for room in 1..<whole.count {
            #expect(throws: SinglePassEncoder.Unfit.self) { try encoded(message, room: room) }
        }
        #expect(whole.isEmpty ? true : try encoded(message, room: whole.count) == whole)
    }

    @Test func `leaves what must be measured to swift-protobuf`() throws {
        let messages: [Kinds] = [
            .with { $0.packed = [1, 2] }, .with { $0.numbers = ["one": 1] }, .with { $0.kinds = [1: .init()] },
            .with { $0.colors = ["red": .red] }, .with { $0.children = [.with { $0.packed = [1] }] },
        ]
        for message in messages {
            #expect(throws: SinglePassEncoder.Unfit.self) { try encoded(message, room: 1000) }
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `frames are the same whichever way their message is encoded`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var message = Kinds.random(depth: Int(seed % 4), &random)
        if seed % 3 == 0 { message.packed = [Int64(seed)] }
        // From nearly no room to enough of it.
        var buffer = ByteBuffer(bytes: Array(repeating: 7, count: Int.random(in: 0..<600, using: &random)))
        let before = buffer.readableBytes

        try buffer.write(message, framing: .requestPayload)
        try buffer.write(message, framing: .bare)

        let bytes: [UInt8] = try message.serializedBytes()
        var expected = ByteBuffer(bytes: Array(repeating: 7, count: before))
        expected.writeField(3, length: bytes.count)
        expected.writeBytes(bytes)
        expected.writeBytes(bytes)
        #expect(buffer == expected)
    }

    @Test func `a message that lacks what it must have is refused`() throws {
        let message = Google_Protobuf_UninterpretedOption.with { $0.name = [.init()] }
        var buffer = ByteBuffer(string: "before")

        let error = #expect(throws: Status.self) { try buffer.writeData(message, on: 1) }

        #expect(error?.errorInfo?.reason == "ENCODING_FAILED")
        #expect(buffer == ByteBuffer(string: "before"))
    }

    /// - Throws: `Unfit`, or that bytes beyond the room were written.
    private func encoded(_ message: Kinds, room: Int) throws -> [UInt8] {
        let guardBytes = 16
        var memory = Array(repeating: UInt8(0xa5), count: room + guardBytes)
        defer { #expect(memory.suffix(guardBytes).allSatisfy { $0 == 0xa5 }) }
        return try memory.withUnsafeMutableBytes { bytes in
            let room = UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(room))
            var encoder = try SinglePassEncoder(into: room)
            try message.traverse(visitor: &encoder)
            return Array(room.prefix(encoder.count))
        }
    }
}
