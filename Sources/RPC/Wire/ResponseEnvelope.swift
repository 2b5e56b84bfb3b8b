internal import SwiftProtobuf

/// Where the parts of a `ttrpc.Response` lie in the body of its frame.
struct ResponseEnvelope {
    /// The encoded `google.rpc.Status`; nil means success.
    private(set) var status: Range<Int>?
    private(set) var payload = 0..<0
    /// The encoded pairs of what was said before and after the result.
    private(set) var headers: [Range<Int>] = []
    private(set) var trailers: [Range<Int>] = []
    /// The encoded `Duration` after which to try again.
    private(set) var retryAfter: Range<Int>?

    init(parsing bytes: Span<UInt8>) throws(MalformedEnvelope) {
        var index = 0
        while index < bytes.count {
            switch try bytes.field(at: &index) {
            case .bytes(1, let range): self.status = range
            case .bytes(2, let range): self.payload = range
            case .bytes(1900, let range): self.headers.append(range)
            case .bytes(1901, let range): self.trailers.append(range)
            case .bytes(1902, let range): self.retryAfter = range
            default: break
            }
        }
    }
}

extension Metadata {
    /// Reads encoded pairs that lie in an envelope. One that does not decode is left out: it only accompanies.
    init(_ pairs: [Range<Int>], in bytes: Span<UInt8>) {
        self.init()
        for range in pairs {
            guard let pair = try? Ttrpc_KeyValue(serializedBytes: bytes.extracting(range).bytes) else { continue }
            self.append(pair.key, pair.value)
        }
    }
}
