import NIOCore
import Testing

@testable import RPC

struct FrameDecoderTests {
    @Test func `cuts two frames out of one read`() {
        var decoder = FrameDecoder()
        let frames = [Frame(stream: 1, type: 1, body: [1, 2]), Frame(stream: 3, type: 0x99, flags: 7)]

        decoder.append(ByteBuffer(bytes: frames.flatMap(\.bytes)))

        #expect(decoder.frames() == frames)
    }

    @Test(arguments: 0..<50)
    func `gives the same frames wherever the bytes are split`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var decoder = FrameDecoder()
        let frames = (0..<20).map { _ in
            Frame(
                stream: .random(in: 0 ... .max, using: &random),
                type: .random(in: 0...255, using: &random),
                flags: .random(in: 0...255, using: &random),
                body: random.bytes(upTo: 300)
            )
        }
        var bytes = ByteBuffer(bytes: frames.flatMap(\.bytes))
        var decoded: [Frame] = []

        while bytes.readableBytes > 0 {
            let length = Int.random(in: 1...min(bytes.readableBytes, 64), using: &random)
            if let piece = bytes.readSlice(length: length) { decoder.append(piece) }
            decoded += decoder.frames()
        }

        #expect(decoded == frames)
        #expect(decoder.unfinished == nil)
    }

    @Test func `gives the same frames when every byte comes alone`() {
        var decoder = FrameDecoder()
        let frames = [Frame(stream: 1, type: 1, body: [9, 8, 7]), Frame(stream: 3, type: 3, flags: 5)]
        var decoded: [Frame] = []

        for byte in frames.flatMap(\.bytes) {
            decoder.append(ByteBuffer(bytes: [byte]))
            decoded += decoder.frames()
        }

        #expect(decoded == frames)
    }

    @Test func `tells of a frame that is too long before its body comes, then drops the body`() {
        var decoder = FrameDecoder(longestBody: 100)
        let good = Frame(stream: 3, type: 1, body: Array(repeating: 7, count: 100))

        decoder.append(ByteBuffer(bytes: Frame.header(length: 101, stream: 1, type: 2)))
        let event = decoder.next()
        decoder.append(ByteBuffer(bytes: Array(repeating: 1, count: 50)))
        let nothing = decoder.next()
        decoder.append(ByteBuffer(bytes: Array(repeating: 1, count: 51) + good.bytes))

        #expect(event == .oversize(FrameHeader(length: 101, stream: 1, type: 2, flags: [])))
        #expect(nothing == nil)
        #expect(decoder.frames() == [good])
    }

    @Test func `takes the longest frame there may be`() {
        var decoder = FrameDecoder()
        let frame = Frame(stream: 1, type: 1, body: Array(repeating: 3, count: FrameHeader.longestBody))

        decoder.append(ByteBuffer(bytes: frame.bytes))

        #expect(decoder.frames() == [frame])
    }

    @Test func `gives up at a length whose top byte is set`() {
        var decoder = FrameDecoder()

        decoder.append(ByteBuffer(bytes: Frame.header(length: 1 << 24, stream: 1, type: 1)))

        #expect(decoder.next() == .broken)
        decoder.append(ByteBuffer(bytes: Frame(stream: 1, type: 1).bytes))
        #expect(decoder.next() == nil)
    }

    @Test func `says how long the frame is that has begun`() {
        var decoder = FrameDecoder()
        let frame = Frame(stream: 1, type: 1, body: [1, 2, 3])

        #expect(decoder.unfinished == nil)
        decoder.append(ByteBuffer(bytes: frame.bytes.prefix(4)))
        _ = decoder.next()
        #expect(decoder.unfinished == 0)
        decoder.append(ByteBuffer(bytes: frame.bytes[4..<11]))
        _ = decoder.next()
        #expect(decoder.unfinished == 3)
        decoder.append(ByteBuffer(bytes: frame.bytes[11...]))
        _ = decoder.next()
        #expect(decoder.unfinished == nil)
    }

    @Test(arguments: 0..<50)
    func `random bytes neither trap it nor make it loop`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var decoder = FrameDecoder(longestBody: 200)

        for _ in 0..<50 {
            decoder.append(ByteBuffer(bytes: [0, 0] + random.bytes(upTo: 500)))
            while decoder.next() != nil {}
        }
    }
}

extension FrameDecoder {
    /// All whole frames there are.
    fileprivate mutating func frames() -> [Frame] {
        var frames: [Frame] = []
        while case .frame(let header, let body) = self.next() { frames.append(Frame(header, body)) }
        return frames
    }
}
