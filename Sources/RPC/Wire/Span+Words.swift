/// Looking at bytes eight at a time.
extension Span<UInt8> {
    /// Whether these are the same bytes. The time it takes depends on their number alone.
    func isEqual(to other: Span<UInt8>) -> Bool {
        guard self.count == other.count else { return false }
        var difference: UInt64 = 0
        self.eachWord(beside: other) { difference |= $0 ^ $1 }
        return difference == 0
    }

    /// Whether these are the first bytes.
    func begin(with other: [UInt8]) -> Bool {
        self.count >= other.count && self.extracting(first: other.count).isEqual(to: other.span)
    }

    /// Whether the bytes are valid UTF-8. Nearly all text is ASCII, which takes less to see.
    var isText: Bool {
        var bits: UInt64 = 0
        self.eachWord(beside: self) { bits |= $0 | $1 }
        return bits & 0x8080_8080_8080_8080 == 0 || (try? UTF8Span(validating: self)) != nil
    }

    /// Mixes the bytes into a hash.
    func mixed(into seed: UInt64) -> UInt64 {
        var hash = seed
        self.eachWord(beside: self) { word, _ in
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        return hash
    }

    /// Calls `look` with the words of these bytes and of others of the same number. The last words are the last eight bytes,
    /// some of which were in the ones before, or have fewer.
    @inline(__always)
    private func eachWord(beside other: Span<UInt8>, _ look: (UInt64, UInt64) -> Void) {
        let count = self.count
        self.withUnsafeBytes { bytes in
            other.withUnsafeBytes { others in
                // Unsafe for speed: within bounds, and any bits are a number.
                func lookAt(_ index: Int) {
                    look(
                        bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self),
                        others.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    )
                }
                var index = 0
                while index &+ 8 <= count {
                    lookAt(index)
                    index &+= 8
                }
                if index == count { return }
                if count >= 8 { return lookAt(count &- 8) }
                var (word, otherWord): (UInt64, UInt64) = (0, 0)
                for position in index..<count {
                    word = word << 8 | UInt64(bytes[position])
                    otherWord = otherWord << 8 | UInt64(others[position])
                }
                look(word, otherWord)
            }
        }
    }
}
