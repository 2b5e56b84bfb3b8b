internal import NIOCore

/// Cuts a byte stream into frames, wherever the stream may be split. Does no I/O and knows no time.
struct FrameDecoder {
    enum Event: Equatable {
        /// A whole frame.
        case frame(FrameHeader, ByteBuffer)
        /// The header of a frame longer than accepted; its body is thrown away as it arrives.
        case oversize(FrameHeader)
        /// A length that no peer means. Nothing is decoded any more.
        case broken
    }

    private enum State: Equatable {
        case header
        case body(FrameHeader)
        case discarding(FrameHeader, left: Int)
        case broken
    }

    /// The first length whose top byte is not zero; upstream reserves that byte.
    private static let impossibleLength = 1 << 24

    private let longestBody: Int
    private var state = State.header
    private var bytes = ByteBuffer()
    /// Whether `bytes` is storage of our own, to which more can be added without copying the read buffer it came in.
    private var isOwnCopy = false

    init(longestBody: Int = FrameHeader.longestBody) {
        self.longestBody = longestBody
    }

    /// Bytes of the frame that has begun to arrive: 0 while its header is incomplete, nil between frames.
    var unfinished: Int? {
        switch self.state {
        case .header: self.bytes.readableBytes > 0 ? 0 : nil
        case .body(let header), .discarding(let header, _): header.length
        case .broken: nil
        }
    }

    /// Takes what was read from the socket.
    mutating func append(_ read: ByteBuffer) {
        if self.bytes.readableBytes == 0 {
            self.bytes = read
            self.isOwnCopy = false
            return
        }
        if !self.isOwnCopy {
            var copy = ByteBuffer()
            copy.reserveCapacity(self.bytes.readableBytes + read.readableBytes)
            copy.writeImmutableBuffer(self.bytes)
            self.bytes = copy
            self.isOwnCopy = true
        }
        self.bytes.writeImmutableBuffer(read)
    }

    /// The next event; nil until more bytes arrive.
    mutating func next() -> Event? {
        while true {
            switch self.state {
            case .header:
                guard let header = self.readHeader() else { return nil }
                if let refusal = self.begin(header) { return refusal }
            case .body(let header):
                guard let body = self.bytes.readSlice(length: header.length) else { return nil }
                self.state = .header
                self.isOwnCopy = false  // the body shares it
                return .frame(header, body)
            case .discarding(let header, let left):
                let dropped = min(left, self.bytes.readableBytes)
                self.bytes.moveReaderIndex(forwardBy: dropped)
                guard dropped == left else {
                    self.state = .discarding(header, left: left - dropped)
                    return nil
                }
                self.state = .header
            case .broken:
                return nil
            }
        }
    }

    private mutating func readHeader() -> FrameHeader? {
        guard
            let (length, stream, type, flags) = self.bytes.readMultipleIntegers(
                as: (UInt32, UInt32, UInt8, UInt8).self
            )
        else {
            self.releaseIfEmpty()
            return nil
        }
        return FrameHeader(length: Int(length), stream: stream, type: type, flags: FrameFlags(rawValue: flags))
    }

    private mutating func begin(_ header: FrameHeader) -> Event? {
        guard header.length < Self.impossibleLength else {
            self.state = .broken
            self.bytes = ByteBuffer()
            return .broken
        }
        guard header.length <= self.longestBody else {
            self.state = .discarding(header, left: header.length)
            return .oversize(header)
        }
        self.state = .body(header)
        return nil
    }

    /// A quiet connection keeps no read buffer alive.
    private mutating func releaseIfEmpty() {
        if self.bytes.readableBytes == 0 { self.bytes = ByteBuffer() }
    }
}
