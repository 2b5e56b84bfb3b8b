internal import NIOCore

/// How a message may be compressed; the name goes over the wire.
enum Codec: String, CaseIterable, Sendable {
    /// The zlib format (RFC 1950).
    case deflate

    /// Shorter bodies are not worth the time.
    static let shortestBody = 1024

    /// A shorter form of a body; nil if it does not shrink.
    func compress(_ body: ByteBuffer) -> ByteBuffer? {
        guard body.readableBytes >= Self.shortestBody else { return nil }
        return Deflate.compress(body)
    }

    /// The original of a compressed body.
    ///
    /// - Throws: `DecompressionError`.
    func decompress(_ body: ByteBuffer, limit: Int) throws(DecompressionError) -> ByteBuffer {
        try Deflate.decompress(body, limit: limit)
    }
}

/// Why a body does not decompress.
enum DecompressionError: Error, Equatable {
    /// It is not what the codec makes.
    case malformed
    /// The original is longer than accepted.
    case tooLong
}
