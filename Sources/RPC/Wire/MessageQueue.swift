internal import DequeModule
internal import NIOCore

/// Encoded messages that wait for a handler or a caller, in order.
///
/// Small messages are copied behind each other: a slice of what was read would keep the whole read buffer alive, and each
/// would cost an allocation. So the queue takes little more than the bytes of its messages.
struct MessageQueue {
    /// One message as it came.
    struct Waiting: Equatable {
        var bytes: ByteBuffer
        var isCompressed = false
        /// What its sender may send again when it is read.
        var credit = 0
    }

    private enum Part {
        /// Messages, each behind its length and credit.
        case packed(ByteBuffer)
        /// One message.
        case whole(Waiting)
    }

    /// Messages of at least this length are kept as they are.
    private static let longEnough = 4 * 1024
    /// A pack that has grown to this takes no more, so that bytes already read do not pile up in it.
    private static let fullPack = 32 * 1024

    private var parts = Deque<Part>()

    var isEmpty: Bool { self.parts.isEmpty }

    /// Adds a message behind the others.
    mutating func append(_ message: Waiting) {
        let length = message.bytes.readableBytes
        if length >= Self.longEnough, length >= message.bytes.storageCapacity / 4 {
            self.parts.append(.whole(message))
        } else {
            self.pack(message)
        }
    }

    /// Takes the first message; nil if there is none.
    mutating func popFirst() -> Waiting? {
        switch self.parts.popFirst() {
        case nil: return nil
        case .whole(let message): return message
        case .packed(var pack):
            guard
                let (isCompressed, credit) = pack.readMultipleIntegers(as: (UInt8, UInt32).self),
                let bytes = pack.readLengthPrefixedSlice(as: UInt32.self)
            else { return nil }
            if pack.readableBytes > 0 { self.parts.prepend(.packed(pack)) }
            return Waiting(bytes: bytes, isCompressed: isCompressed != 0, credit: Int(credit))
        }
    }

    private mutating func pack(_ message: Waiting) {
        var pack = ByteBuffer()
        if case .packed(let last)? = self.parts.last, last.writerIndex < Self.fullPack {
            pack = last
            self.parts.removeLast()  // so that `pack` is the only reference and is not copied
        }
        pack.writeMultipleIntegers(message.isCompressed ? UInt8(1) : 0, UInt32(message.credit))
        pack.writeInteger(UInt32(message.bytes.readableBytes))
        pack.writeImmutableBuffer(message.bytes)
        self.parts.append(.packed(pack))
    }
}
