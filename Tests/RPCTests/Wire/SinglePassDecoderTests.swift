import Foundation
import SwiftProtobuf
import Testing

@testable import RPC

@Suite struct SinglePassDecoderTests {
    private typealias Kinds = Hub_Test_Kinds

    @Test(arguments: 0..<400 as Range<UInt64>)
    func `reads what swift-protobuf has written`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let message = Kinds.random(depth: Int(seed % 5), &random)

        #expect(try decoded(message.serializedBytes()) == message)
    }

    @Test(arguments: 0..<400 as Range<UInt64>)
    func `takes what swift-protobuf takes and nothing else`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var message = Kinds.random(depth: Int(seed % 4), &random)
        if seed % 3 == 0 { message.packed = [Int64(seed)] }
        let whole: [UInt8] = try message.serializedBytes()

        for _ in 0..<50 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0...min(3, bytes.count), using: &random))
            let theirs = try? Kinds(serializedBytes: bytes)
            let ours = try? taken(bytes)
            // Numbers that are none differ from themselves, so the bytes are compared.
            #expect(try ours?.serializedBytes() as [UInt8]? == theirs?.serializedBytes())
        }
    }

    @Test func `a field that comes twice counts as swift-protobuf has it`() throws {
        let first = Kinds.with {
            $0.string = "a"; $0.nested = .with { $0.int64 = 1 }
        }
        let second = Kinds.with {
            $0.string = "b"; $0.nested = .with { $0.int32 = 2 }
        }
        let bytes: [UInt8] = try first.serializedBytes() + second.serializedBytes()

        let message = try decoded(bytes)

        #expect(try message == Kinds(serializedBytes: bytes))
        #expect(
            message.nested
                == .with {
                    $0.int64 = 1; $0.int32 = 2
                }
        )
    }

    @Test func `leaves the unusual and the malformed to swift-protobuf`() throws {
        let text = try Kinds.with { $0.string = "text" }.serializedBytes() as [UInt8]
        let unusual: [[UInt8]] = try [
            Kinds.with { $0.packed = [1, 2] }.serializedBytes(),
            Kinds.with { $0.numbers = ["one": 1] }.serializedBytes(),
            Kinds.with { $0.children = [.with { $0.packed = [1] }] }.serializedBytes(),
            text + [0xf8, 0x7f, 0x05],
            text.dropLast(),
            text.dropLast() + [0xff],
        ]
        for bytes in unusual {
            #expect(throws: SinglePassDecoder.Unfit.self) { try decoded(bytes) }
        }
        #expect(try taken(unusual[3]).serializedBytes() == unusual[3])
        #expect(throws: BinaryDecodingError.invalidUTF8) { try taken(unusual[5]) }
    }

    @Test func `takes messages as deep as swift-protobuf does`() throws {
        let tag = try (Kinds.with { $0.nested = .init() }.serializedBytes() as [UInt8]).dropLast()
        for depth in [99, 100, 101, 102, 10_000] {
            var bytes: [UInt8] = []
            for _ in 0..<depth {
                let inner = bytes
                bytes = tag + varint(inner.count) + inner
            }
            let ours = try? taken(bytes)
            #expect((ours == nil) == ((try? Kinds(serializedBytes: bytes)) == nil), "\(depth)")
        }
    }

    private func decoded(_ bytes: [UInt8]) throws -> Kinds {
        var message = Kinds()
        try SinglePassDecoder.decode(bytes.span.bytes, into: &message)
        return message
    }

    /// In one pass or another way.
    private func taken(_ bytes: [UInt8]) throws -> Kinds {
        var message = Kinds()
        try message.decode(bytes.span.bytes)
        return message
    }

    private func varint(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
