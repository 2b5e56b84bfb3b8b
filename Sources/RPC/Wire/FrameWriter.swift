internal import NIOCore
internal import SwiftProtobuf

/// Frames, written behind each other into one buffer.
extension ByteBuffer {
    /// Writes a response with a payload.
    ///
    /// - Throws: A `Status` if the message does not encode or is too long; nothing is written then.
    mutating func writeResponse(_ message: some Message, on stream: UInt32) throws(Status) {
        try self.write(message, framing: .response(stream: stream))
    }

    /// Writes one message of a stream.
    ///
    /// - Throws: A `Status` if the message does not encode or is too long; nothing is written then.
    mutating func writeData(_ message: some Message, on stream: UInt32) throws(Status) {
        try self.write(message, framing: .data(stream: stream))
    }

    /// Writes the end of a stream that went well.
    mutating func writeEnd(of stream: UInt32) {
        self.writeHeader(length: 0, stream: stream, type: .data, flags: [.remoteClosed, .noData])
    }

    /// Writes a response that ends a call with an error.
    mutating func writeStatus(_ status: Status, on stream: UInt32) {
        let encoded = status.encoded()
        self.writeHeader(length: Envelope.size(of: encoded.count), stream: stream, type: .response)
        self.writeField(1, length: encoded.count)
        self.writeBytes(encoded)
    }

    /// Writes the ten bytes before a body.
    mutating func writeHeader(length: Int, stream: UInt32, type: FrameType, flags: FrameFlags = []) {
        self.writeMultipleIntegers(UInt32(length), stream, type.rawValue, flags.rawValue)
    }

    /// Writes the start of a field of bytes: tag and length.
    mutating func writeField(_ number: UInt8, length: Int) {
        self.writeInteger(number << 3 | 2)
        self.writeVarint(UInt64(length))
    }

    /// Writes a field of text.
    mutating func writeTextField(_ number: UInt8, _ text: String) {
        self.writeField(number, length: text.utf8.count)
        self.writeString(text)
    }

    /// Writes a pair of metadata as a field.
    mutating func writePair(_ key: String, _ value: String, field: UInt64) {
        self.writeVarint(field << 3 | 2)
        self.writeVarint(UInt64(Envelope.size(of: key.utf8.count) + Envelope.size(of: value.utf8.count)))
        self.writeTextField(1, key)
        self.writeTextField(2, value)
    }

    /// Writes a number, seven bits to a byte, lowest first.
    mutating func writeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            self.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.writeInteger(UInt8(rest))
    }
}

/// Sizes of encoded envelope fields.
enum Envelope {
    /// Bytes of a field of `count` bytes, with tag and length.
    static func size(of count: Int) -> Int {
        1 + self.size(ofVarint: UInt64(count)) + count
    }

    /// Bytes of an encoded number.
    static func size(ofVarint value: UInt64) -> Int {
        (70 - (value | 1).leadingZeroBitCount) / 7
    }
}
