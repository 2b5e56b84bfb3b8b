import NIOCore

/// Splits what one side of a Postgres connection says into messages of protocol version 3.
struct MessageSplitter {
    /// One message with its header.
    struct Message {
        /// The letter that names its kind; 0 for the first message of a client, which has none.
        let kind: UInt8
        var bytes: ByteBuffer

        /// What follows the header of a message that has a kind.
        var body: ByteBuffer { self.bytes.dropping(5) }
    }

    private var input = ByteBuffer()
    private var hasKind: Bool

    /// - Parameter isClient: Whether the first message has no kind, as a client's.
    init(ofClient isClient: Bool) {
        self.hasKind = !isClient
    }

    mutating func feed(_ bytes: ByteBuffer) {
        var bytes = bytes
        self.input.writeBuffer(&bytes)
    }

    /// The next whole message.
    mutating func next() -> Message? {
        let header = self.hasKind ? 1 : 0
        guard
            let length = self.input.getInteger(at: self.input.readerIndex + header, as: UInt32.self),
            let bytes = self.input.readSlice(length: header + Int(length))
        else { return nil }
        self.input.discardReadBytes()
        defer { self.hasKind = true }
        return Message(kind: self.hasKind ? bytes.getInteger(at: bytes.readerIndex) ?? 0 : 0, bytes: bytes)
    }
}

extension ByteBuffer {
    /// All but the first bytes.
    fileprivate func dropping(_ count: Int) -> ByteBuffer {
        self.getSlice(at: self.readerIndex + count, length: self.readableBytes - count) ?? ByteBuffer()
    }
}
