/// Where the parts of a `ttrpc.Request` lie in the body of its frame.
struct RequestEnvelope {
    private(set) var service = 0..<0
    private(set) var method = 0..<0
    private(set) var payload = 0..<0
    /// Nanoseconds left to answer; 0 is no limit, negative is too late already.
    private(set) var timeout: Int64 = 0
    /// From the first pair of metadata to the last. Other fields may lie between.
    private(set) var metadata = 0..<0
    /// Whether nothing but the keys and values of pairs lies there.
    private var isMetadataAlone = true
    /// Bytes of all keys and values.
    private(set) var metadataSize = 0
    private var keys = KeyFilter()
    /// Whether service or method were read, even if they are empty.
    private(set) var hasNames = false
    /// Whether service and method are those that were known before; nothing is said of them then.
    var hasKnownNames: Bool { self.first > 0 && !self.hasNames }
    /// Whether the metadata is that which was known before; nothing is said of it then.
    private(set) var hasKnownMetadata = false
    private let first: Int
    /// What the client can do beyond the base protocol, if it says so.
    private(set) var offer: Range<Int>?

    /// Reads a request. What lies before `first` is the names of service and method, which are known. `known` is metadata
    /// that has been checked before; it is recognized if it ends the request.
    init(
        parsing bytes: Span<UInt8>,
        from first: Int = 0,
        knowing known: borrowing Metadata = Metadata()
    ) throws(MalformedEnvelope) {
        self.first = first
        let knownStart = known.encoded.isEmpty ? bytes.count : bytes.count - known.encoded.count
        var index = first
        while index < bytes.count {
            let start = index
            if start == knownStart, self.metadata.isEmpty, bytes.extracting(start...).isEqual(to: known.encoded.span) {
                self.hasKnownMetadata = true
                return
            }
            switch try bytes.field(at: &index) {
            case .bytes(1, let range): (self.service, self.hasNames) = (range, true)
            case .bytes(2, let range): (self.method, self.hasNames) = (range, true)
            case .bytes(3, let range): self.payload = range
            case .varint(4, let value): self.timeout = Int64(bitPattern: value)
            case .bytes(5, let range): try self.addPair(start, range, in: bytes)
            case .bytes(1900, let range): self.offer = range
            default: break
            }
        }
    }

    /// The metadata of the request whose bytes these are.
    func metadata(in bytes: Span<UInt8>) -> Metadata {
        if self.metadata.isEmpty { return Metadata() }
        if self.isMetadataAlone { return Metadata(encoded: Array(bytes.extracting(self.metadata)), keys: self.keys) }
        // What else lies there counts for no limit and must not be kept.
        var metadata = Metadata()
        var index = self.metadata.lowerBound
        while index < self.metadata.upperBound {
            guard case .bytes(5, let range) = try? bytes.field(at: &index) else { continue }
            guard let (key, value) = try? bytes.pair(in: range), !key.isEmpty else { continue }
            metadata.append(bytes.text(key), bytes.text(value))
        }
        return metadata
    }

    /// `start` is where the pair's field begins, `range` where its bytes lie.
    private mutating func addPair(_ start: Int, _ range: Range<Int>, in bytes: Span<UInt8>) throws(MalformedEnvelope) {
        let (key, value) = try bytes.pair(in: range)
        try bytes.checkText(key)
        try bytes.checkText(value)
        if key.isEmpty { return }  // it names nothing, and would not count
        self.metadataSize += key.count + value.count
        self.keys.add(bytes.extracting(key))
        if range.count > Envelope.size(of: key.count) + Envelope.size(of: value.count) { self.isMetadataAlone = false }
        if self.metadata.isEmpty {
            self.metadata = start..<range.upperBound
        } else {
            if start != self.metadata.upperBound { self.isMetadataAlone = false }
            self.metadata = self.metadata.lowerBound..<range.upperBound
        }
    }
}

extension Span<UInt8> {
    /// The text of a range that is known to be valid.
    fileprivate func text(_ range: Range<Int>) -> String {
        String(decoding: Array(self.extracting(range)), as: UTF8.self)
    }
}

extension Array<UInt8> {
    init(_ span: Span<UInt8>) {
        self = span.withUnsafeBufferPointer { [UInt8]($0) }
    }
}
