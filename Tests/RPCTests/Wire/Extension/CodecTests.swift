import NIOCore
import Testing

@testable import RPC

struct CodecTests {
    @Test(arguments: [1024, 5000, 300_000, 4 * 1024 * 1024])
    func `gives back what it compressed`(length: Int) throws {
        let body = ByteBuffer(bytes: (0..<length).map { UInt8($0 % 7) })

        let compressed = try #require(Codec.deflate.compress(body))

        #expect(compressed.readableBytes < length / 4)
        #expect(try Codec.deflate.decompress(compressed, limit: length) == body)
    }

    @Test func `leaves short bodies and bodies that do not shrink alone`() {
        var random = SeededGenerator(seed: 1)
        let noise = ByteBuffer(bytes: (0..<5000).map { _ in UInt8.random(in: 0 ... .max, using: &random) })

        #expect(Codec.deflate.compress(ByteBuffer(repeating: 0, count: 1023)) == nil)
        #expect(Codec.deflate.compress(noise) == nil)
    }

    @Test func `stops at the limit of the original`() throws {
        let bomb = try #require(Codec.deflate.compress(ByteBuffer(repeating: 0, count: 4 * 1024 * 1024)))

        #expect(bomb.readableBytes < 20_000)
        #expect(throws: DecompressionError.tooLong) { try Codec.deflate.decompress(bomb, limit: 4 * 1024 * 1024 - 1) }
    }

    @Test func `refuses what is cut off, goes on behind its end, or is something else`() throws {
        let good = try #require(Codec.deflate.compress(ByteBuffer(repeating: 7, count: 5000)))
        var longer = good
        longer.writeInteger(UInt8(0))
        let cut = try #require(good.getSlice(at: 0, length: good.readableBytes - 1))

        for bad in [cut, longer, ByteBuffer(string: "no zlib at all"), ByteBuffer()] {
            #expect(throws: DecompressionError.malformed) { try Codec.deflate.decompress(bad, limit: 10_000) }
        }
    }
}
