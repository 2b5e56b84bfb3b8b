import NIOCore
import NIOEmbedded
import Testing

@testable import RPC

/// Large writes on their way to TLS.
struct PiecewiseWritesTests {
    @Test(arguments: [(0, 1), (98_304, 1), (98_305, 2), (300_000, 4)])
    func `are cut, and nothing is lost`(length: Int, pieces: Int) throws {
        let channel = EmbeddedChannel(handler: PiecewiseWrites())
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0) }

        let written = channel.writeAndFlush(ByteBuffer(bytes: bytes))
        channel.embeddedEventLoop.run()
        var seen: [ByteBuffer] = []
        while let piece = try channel.readOutbound(as: ByteBuffer.self) { seen.append(piece) }

        #expect(seen.count == pieces)
        #expect(seen.allSatisfy { $0.readableBytes <= PiecewiseWrites.longest })
        #expect(seen.flatMap { Array($0.readableBytesView) } == bytes)
        try written.wait()
    }
}
