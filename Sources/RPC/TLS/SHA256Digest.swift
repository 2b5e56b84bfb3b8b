internal import Glibc

/// SHA-256 (FIPS 180-4), to name certificates. Simple rather than fast: it runs once for a connection.
struct SHA256Digest {
    private static let primes = (2...311).filter { number in
        !(2..<number).contains { number.isMultiple(of: $0) }
    }
    /// The first 32 bits behind the point of the cube roots of the first 64 primes.
    private static let constants = Self.primes.map { Self.fraction(of: cbrt(Double($0))) }
    /// The same of the square roots of the first 8.
    private static let start = Self.primes.prefix(8).map { Self.fraction(of: Double($0).squareRoot()) }

    private var state = Self.start

    /// The digest of a message in 64 lower-case hex digits.
    static func hex(of message: [UInt8]) -> String {
        let padding = [UInt8](repeating: 0, count: (119 - message.count % 64) % 64)
        let length = (0..<8).reversed().map { UInt8(truncatingIfNeeded: (message.count * 8) >> ($0 * 8)) }
        let padded = message + [0x80] + padding + length
        var digest = SHA256Digest()
        for block in stride(from: 0, to: padded.count, by: 64) { digest.add(padded[block..<(block + 64)]) }
        return digest.state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }
        .joined()
    }

    private static func fraction(of number: Double) -> UInt32 {
        UInt32((number - number.rounded(.down)) * 0x1p32)
    }

    private mutating func add(_ block: ArraySlice<UInt8>) {
        let words = Self.schedule(block)
        var mixed = self.state
        for (word, constant) in zip(words, Self.constants) { Self.mix(&mixed, word &+ constant) }
        self.state = zip(self.state, mixed).map { $0 &+ $1 }
    }

    private static func schedule(_ block: ArraySlice<UInt8>) -> [UInt32] {
        var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { index in
            block[index..<(index + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<64 {
            let (late, early) = (words[index - 2], words[index - 15])
            let first = early.rotated(7) ^ early.rotated(18) ^ (early >> 3)
            let second = late.rotated(17) ^ late.rotated(19) ^ (late >> 10)
            words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
        }
        return words
    }

    /// One round over the words a to h.
    private static func mix(_ state: inout [UInt32], _ input: UInt32) {
        let (a, b, c, e, f, g) = (state[0], state[1], state[2], state[4], state[5], state[6])
        let choice = (e & f) ^ (~e & g)
        let majority = (a & b) ^ (a & c) ^ (b & c)
        let first = state[7] &+ (e.rotated(6) ^ e.rotated(11) ^ e.rotated(25)) &+ choice &+ input
        let second = (a.rotated(2) ^ a.rotated(13) ^ a.rotated(22)) &+ majority
        state = [first &+ second, a, b, c, state[3] &+ first, e, f, g]
    }
}

extension UInt32 {
    /// Rotated to the right.
    fileprivate func rotated(_ bits: UInt32) -> UInt32 {
        self >> bits | self << (32 - bits)
    }
}
