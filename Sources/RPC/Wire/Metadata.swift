internal import NIOCore

/// Named values that accompany a request: ordered pairs, several per key allowed, keys without regard to case.
///
/// Kept as they are on the wire, so that a server reads only the values that somebody asks for.
package struct Metadata: Sendable {
    /// A pair of text, the key in lower case.
    struct Pair: Sendable, Equatable {
        let key: String
        let value: String
    }

    /// The fields `metadata` of a `ttrpc.Request`, in the order of sending. All text in it is valid UTF-8.
    private(set) var encoded: [UInt8] = []
    /// Which keys there may be: most that are asked for are in no request.
    private(set) var keys = KeyFilter()

    /// Makes metadata without a pair.
    package init() {}

    /// Makes metadata of the given pairs, in their order.
    package init(_ pairs: KeyValuePairs<String, String>) {
        for (key, value) in pairs { self.append(key, value) }
    }

    /// Takes encoded fields over, which must be as `encoded` says.
    init(encoded: [UInt8], keys: KeyFilter) {
        self.encoded = encoded
        self.keys = keys
    }

    /// The first value of a key.
    package subscript(_ key: String) -> String? {
        guard self.keys.mayHold(KeyFilter(of: key)) else { return nil }
        var places = MetadataPlaces(in: self.encoded)
        while let place = places.next() {
            if self.key(at: place, is: key) { return self.text(place.value) }
        }
        return nil
    }

    /// All values of a key, in their order.
    package func values(for key: String) -> [String] {
        guard self.keys.mayHold(KeyFilter(of: key)) else { return [] }
        var values: [String] = []
        var places = MetadataPlaces(in: self.encoded)
        while let place = places.next() {
            if self.key(at: place, is: key) { values.append(self.text(place.value)) }
        }
        return values
    }

    /// Whether a key has this value and no other. The time it takes says nothing about the value but its length.
    func holdsOnly(_ value: String, for key: String) -> Bool {
        guard self.keys.mayHold(KeyFilter(of: key)) else { return false }
        var found = 0
        var isEqual = true
        var places = MetadataPlaces(in: self.encoded)
        while let place = places.next() {
            guard self.key(at: place, is: key) else { continue }
            found += 1
            isEqual = self.encoded.span.extracting(place.value).isEqual(to: value.utf8.span) && isEqual
        }
        return found == 1 && isEqual
    }

    /// Adds a pair behind the others.
    package mutating func append(_ key: String, _ value: String) {
        var pair = ByteBuffer()
        let key = key.lowercased()
        self.keys.add(key.utf8.span)
        pair.writePair(key, value, field: 5)
        self.encoded.append(contentsOf: pair.readableBytesView)
    }

    /// Makes `value` the only value of a key.
    package mutating func replace(_ key: String, with value: String) {
        if self[key] == nil { return self.append(key, value) }
        let lowerCase = key.lowercased()
        let others = self.pairs.filter { $0.key != lowerCase }
        self = Metadata()
        for pair in others { self.append(pair.key, pair.value) }
        self.append(lowerCase, value)
    }

    /// All pairs, in the order of sending.
    var pairs: [Pair] {
        var pairs: [Pair] = []
        var places = MetadataPlaces(in: self.encoded)
        while let place = places.next() {
            pairs.append(Pair(key: self.text(place.key).lowercased(), value: self.text(place.value)))
        }
        return pairs
    }

    /// Whether a pair has this key. Nearly always the lengths tell, or the bytes are the same.
    private func key(at place: MetadataPlaces.Place, is key: String) -> Bool {
        let (ours, theirs) = (self.encoded.span.extracting(place.key), key.utf8.span)
        guard ours.count == theirs.count else { return false }
        for index in ours.indices where ours[index] != theirs[index] {
            return self.text(place.key).lowercased() == key.lowercased()
        }
        return true
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: self.encoded[range], as: UTF8.self)
    }
}

extension Metadata: Equatable {
    package static func == (left: Metadata, right: Metadata) -> Bool {
        left.encoded == right.encoded || left.pairs == right.pairs
    }
}

extension Metadata: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        for (key, value) in elements { self.append(key, value) }
    }
}

/// Where the pairs lie in encoded metadata.
private struct MetadataPlaces {
    struct Place {
        var key = 0..<0
        var value = 0..<0
    }

    private let bytes: [UInt8]
    private var index = 0

    init(in bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() -> Place? {
        let bytes = self.bytes
        while self.index < bytes.count {
            guard case .bytes(5, let range) = try? bytes.span.field(at: &self.index) else { continue }
            guard let pair = try? bytes.span.pair(in: range), !pair.key.isEmpty else { continue }
            return Place(key: pair.key, value: pair.value)
        }
        return nil
    }
}

extension Span<UInt8> {
    /// Where key and value of a `ttrpc.KeyValue` lie, whose bytes these are in a range.
    func pair(in range: Range<Int>) throws(MalformedEnvelope) -> (key: Range<Int>, value: Range<Int>) {
        var key = 0..<0
        var value = 0..<0
        var index = range.lowerBound
        while index < range.upperBound {
            switch try self.extracting(0..<range.upperBound).field(at: &index) {
            case .bytes(1, let range): key = range
            case .bytes(2, let range): value = range
            default: break
            }
        }
        return (key, value)
    }
}

/// Which keys metadata may hold: a bit for each of 64 classes of them.
struct KeyFilter {
    private var bits: UInt64 = 0

    /// Notes nothing.
    init() {}

    /// Notes one key.
    init(of key: String) {
        self.add(key.utf8.span)
    }

    /// Notes a key.
    mutating func add(_ key: Span<UInt8>) {
        self.bits |= Self.bit(of: key)
    }

    /// False if no key was noted here that is in `other`, in lower or in upper case.
    func mayHold(_ other: KeyFilter) -> Bool {
        self.bits & other.bits != 0
    }

    /// Tells keys apart by their length and, if it is ASCII, the first letter.
    private static func bit(of key: Span<UInt8>) -> UInt64 {
        guard let first = key.isEmpty ? nil : key[0], first < 0x80 else { return 1 << UInt64(key.count & 63) }
        return 1 << UInt64((key.count &+ Int(first | 0x20) &* 11) & 63)
    }
}
