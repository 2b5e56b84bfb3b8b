internal import NIOCore
internal import SwiftProtobuf

extension ByteBuffer {
    /// Encodes a request envelope but for its timeout, which is known only when the frame is written.
    ///
    /// - Throws: A `Status` if the message does not encode or is too long.
    static func requestEnvelope(
        _ method: MethodDescriptor,
        _ message: some Message,
        _ metadata: Metadata
    ) throws(Status) -> ByteBuffer {
        var envelope = ByteBuffer()
        envelope.writeTextField(1, method.service)
        envelope.writeTextField(2, method.name)
        try envelope.write(message, framing: .requestPayload)
        for pair in metadata.pairs {
            let (key, value) = (pair.key.utf8.count, pair.value.utf8.count)
            envelope.writeField(5, length: Envelope.size(of: key) + Envelope.size(of: value))
            envelope.writeTextField(1, pair.key)
            envelope.writeTextField(2, pair.value)
        }
        return envelope
    }

    /// Writes a request frame. `timeout` is the nanoseconds left, more than 0, nil for no limit; `endsStream` says whether
    /// the client sends no further message on a stream.
    ///
    /// - Throws: A `Status` if the envelope is too long for a frame; nothing is written then.
    mutating func writeRequest(
        _ envelope: ByteBuffer,
        timeout: Int64?,
        on stream: UInt32,
        endsStream: Bool
    ) throws(Status) {
        let timeoutSize = timeout.map { 1 + Envelope.size(ofVarint: UInt64($0)) } ?? 0
        let length = envelope.readableBytes + timeoutSize
        guard length <= FrameHeader.longestBody else { throw Status.messageTooLong(length) }
        self.writeHeader(length: length, stream: stream, type: .request, flags: endsStream ? .remoteClosed : [])
        self.writeImmutableBuffer(envelope)
        if let timeout {
            self.writeInteger(UInt8(4 << 3))
            self.writeVarint(UInt64(timeout))
        }
    }

    private mutating func writeTextField(_ number: UInt8, _ text: String) {
        self.writeField(number, length: text.utf8.count)
        self.writeString(text)
    }
}
