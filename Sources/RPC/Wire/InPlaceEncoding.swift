internal import NIOCore
internal import NIOPosix
internal import SwiftProtobuf

/// What goes around an encoded message.
enum Framing {
    /// A whole response frame.
    case response(stream: UInt32)
    /// A whole data frame.
    case data(stream: UInt32)
    /// The payload field of a request envelope.
    case requestPayload
    /// Nothing.
    case bare

    /// Most bytes that precede a message.
    fileprivate static let longestPrefix = FrameHeader.size + 1 + 5

    /// How many bytes precede a message of `count` bytes.
    fileprivate func prefixSize(_ count: Int) -> Int {
        switch self {
        case .response: FrameHeader.size + (count > 0 ? Envelope.size(of: count) - count : 0)
        case .data: FrameHeader.size
        case .requestPayload: Envelope.size(of: count) - count
        case .bare: 0
        }
    }

    /// Writes all that precedes a message of `count` bytes.
    ///
    /// - Returns: How many bytes these are.
    fileprivate func writePrefix(to memory: UnsafeMutableRawBufferPointer, count: Int) -> Int {
        switch self {
        case .response(let stream):
            guard count > 0 else { return memory.writeHeader(length: 0, stream: stream, type: .response) }
            let header = memory.writeHeader(length: Envelope.size(of: count), stream: stream, type: .response)
            return header + memory.writeField(2, length: count, at: header)
        case .data(let stream): return memory.writeHeader(length: count, stream: stream, type: .data)
        case .requestPayload: return memory.writeField(3, length: count, at: 0)
        case .bare: return 0
        }
    }
}

// In one piece for speed: a buffer checks its bounds and its owner for each number.
extension UnsafeMutableRawBufferPointer {
    fileprivate func writeHeader(length: Int, stream: UInt32, type: FrameType) -> Int {
        self.storeBytes(of: UInt32(length).bigEndian, toByteOffset: 0, as: UInt32.self)
        self.storeBytes(of: stream.bigEndian, toByteOffset: 4, as: UInt32.self)
        self[8] = type.rawValue
        self[9] = 0
        return FrameHeader.size
    }

    fileprivate func writeField(_ number: UInt8, length: Int, at start: Int) -> Int {
        self[start] = number << 3 | 2
        var index = start + 1
        var rest = length
        while rest >= 0x80 {
            self[index] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
            index += 1
        }
        self[index] = UInt8(rest)
        return index + 1 - start
    }
}

extension ByteBuffer {
    /// Writes a message with what goes around it; it is encoded where it lies in the buffer.
    mutating func write(_ message: some Message, framing: Framing) throws(Status) {
        let start = self.writerIndex
        if !self.writeInOnePass(message, framing: framing) { try self.writeMeasured(message, framing: framing) }
        let written = self.writerIndex - start
        guard written <= FrameHeader.size + FrameHeader.longestBody else {
            self.moveWriterIndex(to: start)
            throw Status.messageTooLong(written)
        }
    }

    /// Encodes into what room there is, without measuring the message first.
    ///
    /// - Returns: Whether that could be done; if not, nothing is written.
    private mutating func writeInOnePass(_ message: some Message, framing: Framing) -> Bool {
        guard message.isInitialized else { return false }
        let written = self.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.smallMessage) { memory in
            // Of nearly all messages the prefix is as long as of one of a single byte.
            let start = framing.prefixSize(1)
            guard let base = memory.baseAddress else { return 0 }
            let room = UnsafeMutableRawBufferPointer(start: base + start, count: memory.count - start)
            guard var encoder = try? SinglePassEncoder(into: room), (try? message.traverse(visitor: &encoder)) != nil
            else {
                return 0
            }
            let (count, prefix) = (encoder.count, framing.prefixSize(encoder.count))
            guard prefix + count <= memory.count else { return 0 }
            if prefix != start {
                (base + prefix).copyMemory(from: base + start, byteCount: count)
            }
            return framing.writePrefix(to: memory, count: count) + count
        }
        return written > 0
    }

    private mutating func writeMeasured(_ message: some Message, framing: Framing) throws(Status) {
        let slot = EncodingSlot.ofThisThread
        let start = self.writerIndex
        slot.framing = framing
        swap(&self, &slot.buffer)
        defer { swap(&self, &slot.buffer) }
        do {
            let _: BytesInSlot = try message.serializedBytes()
        } catch {
            slot.buffer.moveWriterIndex(to: start)
            throw Status(.internal, "A message does not encode.", reason: "ENCODING_FAILED")
        }
    }

    /// Room that is made for a message before its size is known.
    private static let smallMessage = 256
}

extension Status {
    /// A message of ours is longer than any peer takes.
    static func messageTooLong(_ length: Int, limit: Int = FrameHeader.longestBody) -> Status {
        Status(
            .resourceExhausted,
            "The message takes \(length) bytes, more than the \(limit) of a frame.",
            reason: "MESSAGE_TOO_LONG"
        )
    }
}

/// The buffer a thread is encoding into. swift-protobuf makes its own byte container, which finds the buffer here.
private final class EncodingSlot {
    // Made once and never changed; each thread sees its own slot through it.
    private nonisolated(unsafe) static let slots = ThreadSpecificVariable<EncodingSlot>()

    var framing = Framing.data(stream: 0)
    var buffer = ByteBuffer()

    static var ofThisThread: EncodingSlot {
        if let slot = self.slots.currentValue { return slot }
        let slot = EncodingSlot()
        self.slots.currentValue = slot
        return slot
    }
}

/// The end of the buffer in the thread's slot, as the container that swift-protobuf encodes into.
private struct BytesInSlot: SwiftProtobufContiguousBytes {
    private let slot: EncodingSlot
    let count: Int

    /// Frames and reserves `count` bytes, which need no value: the encoder fills them all.
    init(repeating: UInt8, count: Int) {
        self.slot = EncodingSlot.ofThisThread
        self.count = count
        let framing = self.slot.framing
        self.slot.buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Framing.longestPrefix + count) {
            framing.writePrefix(to: $0, count: count) + count
        }
    }

    init(_ sequence: some Sequence<UInt8>) {
        let bytes = Array(sequence)
        self.init(repeating: 0, count: bytes.count)
        self.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    }

    func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        try self.slot.buffer.withUnsafeReadableBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0.suffix(self.count)))
        }
    }

    mutating func withUnsafeMutableBytes<Value>(
        _ body: (UnsafeMutableRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        try self.slot.buffer.withUnsafeMutableReadableBytes {
            try body(UnsafeMutableRawBufferPointer(rebasing: $0.suffix(self.count)))
        }
    }
}
