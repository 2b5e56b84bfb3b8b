internal import NIOCore
internal import SwiftProtobuf

/// What a response carries beside its status and its payload; plain clients pass over it.
struct ResponseExtras {
    /// The most bytes of keys and values of either; more is left out.
    static let mostMetadata = 8 * 1024

    var headers = Metadata()
    var trailers = Metadata()
    /// How long to wait before trying again; negative is never.
    var retryAfter: Duration?
}

extension ByteBuffer {
    /// Writes a response that ends a call with an error.
    mutating func writeError(_ status: Status, _ extras: ResponseExtras = .init(), on stream: UInt32) {
        let start = self.writerIndex
        self.writeStatus(status, on: stream)
        var extras = extras
        extras.retryAfter = status.retryDelay
        self.append(extras, toFrameAt: start)
    }

    /// Adds to the response whose frame ends the buffer and begins at an index.
    mutating func append(_ extras: ResponseExtras, toFrameAt start: Int) {
        self.writePairs(extras.headers, field: 1900)
        self.writePairs(extras.trailers, field: 1901)
        if let delay = extras.retryAfter { self.writeDelay(delay) }
        self.setInteger(UInt32(self.writerIndex - start - FrameHeader.size), at: start)
    }

    private mutating func writePairs(_ metadata: Metadata, field: UInt64) {
        guard metadata.size <= ResponseExtras.mostMetadata else { return }
        for pair in metadata.pairs { self.writePair(pair.key, pair.value, field: field) }
    }

    private mutating func writeDelay(_ delay: Duration) {
        let (seconds, attoseconds) = delay.components
        let message = Google_Protobuf_Duration.with {
            $0.seconds = seconds
            $0.nanos = Int32(attoseconds / 1_000_000_000)
        }
        // The message has no required fields, so it encodes.
        let bytes: [UInt8] = (try? message.serializedBytes()) ?? []
        self.writeVarint(1902 << 3 | 2)
        self.writeVarint(UInt64(bytes.count))
        self.writeBytes(bytes)
    }
}

extension Metadata {
    /// Bytes of all keys and values.
    var size: Int {
        self.pairs.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    }
}
