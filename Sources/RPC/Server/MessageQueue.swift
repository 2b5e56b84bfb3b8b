internal import DequeModule
internal import NIOCore

/// Encoded messages that wait for a handler, in order.
///
/// Small messages are copied behind each other: a slice of what was read would keep the whole read buffer alive, and each
/// would cost an allocation. So the queue takes little more than the bytes of its messages.
struct MessageQueue {
    private enum Part {
        /// Messages, each behind its length.
        case packed(ByteBuffer)
        /// One message.
        case whole(ByteBuffer)
    }

    /// Messages of at least this length are kept as they are.
    private static let longEnough = 4 * 1024
    /// A pack that has grown to this takes no more, so that bytes already read do not pile up in it.
    private static let fullPack = 32 * 1024

    private var parts = Deque<Part>()

    var isEmpty: Bool { self.parts.isEmpty }

    /// Adds a message behind the others.
    mutating func append(_ message: ByteBuffer) {
        let isLong = message.readableBytes >= Self.longEnough
        if isLong, message.readableBytes >= message.storageCapacity / 4 {
            self.parts.append(.whole(message))
        } else {
            self.pack(message)
        }
    }

    /// Takes the first message; nil if there is none.
    mutating func popFirst() -> ByteBuffer? {
        switch self.parts.popFirst() {
        case nil: return nil
        case .whole(let message): return message
        case .packed(var bytes):
            let message = bytes.readLengthPrefixedSlice(as: UInt32.self)
            if bytes.readableBytes > 0 { self.parts.prepend(.packed(bytes)) }
            return message
        }
    }

    private mutating func pack(_ message: ByteBuffer) {
        var bytes = ByteBuffer()
        if case .packed(let last)? = self.parts.last, last.writerIndex < Self.fullPack {
            bytes = last
            self.parts.removeLast()  // so that `bytes` is the only reference and is not copied
        }
        bytes.writeInteger(UInt32(message.readableBytes))
        bytes.writeImmutableBuffer(message)
        self.parts.append(.packed(bytes))
    }
}
