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
        envelope.writeBytes(metadata.encoded)
        return envelope
    }

    /// Encodes the envelope of a request that carries no message, because the messages follow.
    static func requestEnvelope(_ method: MethodDescriptor, _ metadata: Metadata) -> ByteBuffer {
        var envelope = ByteBuffer()
        envelope.writeTextField(1, method.service)
        envelope.writeTextField(2, method.name)
        envelope.writeBytes(metadata.encoded)
        return envelope
    }

    /// Writes a request frame. `timeout` is the nanoseconds left, more than 0, nil for no limit; `offer` is what the
    /// client can do beyond the base protocol, as encoded Settings.
    ///
    /// - Throws: A `Status` if the envelope is too long for a frame; nothing is written then.
    mutating func writeRequest(
        _ envelope: ByteBuffer,
        timeout: Int64?,
        offer: ByteBuffer? = nil,
        on stream: UInt32,
        flags: FrameFlags = []
    ) throws(Status) {
        let timeoutSize = timeout.map { 1 + Envelope.size(ofVarint: UInt64($0)) } ?? 0
        let bare = envelope.readableBytes + timeoutSize
        guard bare <= FrameHeader.longestBody else { throw Status.messageTooLong(bare) }
        let offerSize = offer.map { 1 + Envelope.size(of: $0.readableBytes) } ?? 0
        let offer = bare + offerSize <= FrameHeader.longestBody ? offer : nil  // the next request can carry it
        let length = offer == nil ? bare : bare + offerSize
        self.writeHeader(length: length, stream: stream, type: .request, flags: flags)
        self.writeRequestBody(envelope, timeout: timeout, offer: offer)
    }

    /// Writes the body of a request frame; the fields may come in any order.
    mutating func writeRequestBody(_ envelope: ByteBuffer, timeout: Int64?, offer: ByteBuffer? = nil) {
        self.writeImmutableBuffer(envelope)
        if let timeout {
            self.writeInteger(UInt8(4 << 3))
            self.writeVarint(UInt64(timeout))
        }
        if let offer {
            self.writeVarint(1900 << 3 | 2)
            self.writeVarint(UInt64(offer.readableBytes))
            self.writeImmutableBuffer(offer)
        }
    }
}
