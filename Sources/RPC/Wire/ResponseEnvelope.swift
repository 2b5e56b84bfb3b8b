/// Where the parts of a `ttrpc.Response` lie in the body of its frame.
struct ResponseEnvelope {
    /// The encoded `google.rpc.Status`; nil means success.
    private(set) var status: Range<Int>?
    private(set) var payload = 0..<0

    init(parsing bytes: Span<UInt8>) throws(MalformedEnvelope) {
        var index = 0
        while index < bytes.count {
            switch try bytes.field(at: &index) {
            case .bytes(1, let range): self.status = range
            case .bytes(2, let range): self.payload = range
            default: break
            }
        }
    }
}
