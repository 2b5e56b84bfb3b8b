/// Where the parts of a `ttrpc.Request` lie in the body of its frame.
struct RequestEnvelope {
    private(set) var service = 0..<0
    private(set) var method = 0..<0
    private(set) var payload = 0..<0
    /// Nanoseconds left to answer; 0 is no limit, negative is too late already.
    private(set) var timeout: Int64 = 0
    private(set) var metadata = Metadata()
    /// Bytes of all keys and values. Beyond the limit given, `metadata` is not filled any more.
    private(set) var metadataSize = 0
    /// What the client can do beyond the base protocol, if it says so.
    private(set) var offer: Range<Int>?

    init(parsing bytes: Span<UInt8>, metadataLimit: Int) throws(MalformedEnvelope) {
        var index = 0
        while index < bytes.count {
            switch try bytes.field(at: &index) {
            case .bytes(1, let range): self.service = range
            case .bytes(2, let range): self.method = range
            case .bytes(3, let range): self.payload = range
            case .varint(4, let value): self.timeout = Int64(bitPattern: value)
            case .bytes(5, let range): try self.addMetadata(bytes.extracting(range), limit: metadataLimit)
            case .bytes(1900, let range): self.offer = range
            default: break
            }
        }
    }

    private mutating func addMetadata(_ pair: Span<UInt8>, limit: Int) throws(MalformedEnvelope) {
        var key = 0..<0
        var value = 0..<0
        var index = 0
        while index < pair.count {
            switch try pair.field(at: &index) {
            case .bytes(1, let range): key = range
            case .bytes(2, let range): value = range
            default: break
            }
        }
        guard !key.isEmpty else { return }  // it names nothing, and would not count
        self.metadataSize += key.count + value.count
        guard self.metadataSize <= limit else { return }
        self.metadata.append(try pair.text(key), try pair.text(value))
    }
}
