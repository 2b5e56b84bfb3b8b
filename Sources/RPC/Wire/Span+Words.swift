/// Looking at bytes eight at a time.
extension Span<UInt8> {
    /// Whether these are the same bytes. The time it takes depends on their number alone.
    func isEqual(to other: Span<UInt8>) -> Bool {
        guard self.count == other.count else { return false }
        var difference: UInt64 = 0
        var index = 0
        while index &+ 8 <= self.count {
            difference |= self.load(at: index) ^ other.load(at: index)
            index &+= 8
        }
        if index < self.count { difference |= self.lastWord(from: index) ^ other.lastWord(from: index) }
        return difference == 0
    }

    /// Whether these are the first bytes.
    func begin(with other: [UInt8]) -> Bool {
        self.count >= other.count && self.extracting(first: other.count).isEqual(to: other.span)
    }

    /// Whether the bytes are valid UTF-8. Nearly all text is ASCII, which takes less to see.
    var isText: Bool {
        var bits: UInt64 = 0
        var index = 0
        while index &+ 8 <= self.count {
            bits |= self.load(at: index)
            index &+= 8
        }
        if index < self.count { bits |= self.lastWord(from: index) }
        return bits & 0x8080_8080_8080_8080 == 0 || (try? UTF8Span(validating: self)) != nil
    }

    /// Up to eight bytes from `index` on, in an order that depends on their number alone.
    func word(at index: Int) -> UInt64 {
        self.count - index >= 8 ? self.load(at: index) : self.lastWord(from: index)
    }

    /// The bytes from `index` on, of which fewer than eight are left. If there are eight in all, the last eight: what is
    /// looked at twice harms nobody.
    @inline(__always)
    private func lastWord(from index: Int) -> UInt64 {
        if self.count >= 8 { return self.load(at: self.count &- 8) }
        var word: UInt64 = 0
        for position in index..<self.count { word = word << 8 | UInt64(self[position]) }
        return word
    }

    @inline(__always)
    private func load(at index: Int) -> UInt64 {
        self.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)  // within bounds, any bits
    }
}
