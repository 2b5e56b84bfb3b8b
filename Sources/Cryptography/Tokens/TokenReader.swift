/// Reads the little JSON that our tokens are made of, and refuses all other.
struct TokenReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// One object that fills the whole text, names unique.
    mutating func object() -> [String: TokenMembers.Value]? {
        var values: [String: TokenMembers.Value] = [:]
        guard self.take("{") else { return nil }
        if self.take("}") { return self.isAtEnd ? values : nil }
        repeat {
            guard let name = self.string(), self.take(":"), let value = self.value() else { return nil }
            guard values.updateValue(value, forKey: name) == nil else { return nil }
        } while self.take(",")
        return self.take("}") && self.isAtEnd ? values : nil
    }

    private var isAtEnd: Bool { self.position == self.bytes.count }
    private var next: UInt8? { self.isAtEnd ? nil : self.bytes[self.position] }

    private mutating func value() -> TokenMembers.Value? {
        self.skipSpace()
        if self.next == UInt8(ascii: "\"") { return self.string().map { .string($0) } }
        return self.integer().map { .integer($0) }
    }

    /// Digits without fraction, exponent or leading zero; `-` may stand before them.
    private mutating func integer() -> Int64? {
        let start = self.position
        if self.next == UInt8(ascii: "-") { self.position += 1 }
        let firstDigit = self.position
        while let digit = self.next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { self.position += 1 }
        let text = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        let hasLeadingZero = self.position - firstDigit > 1 && self.bytes[firstDigit] == UInt8(ascii: "0")
        let value = hasLeadingZero ? nil : Int64(text)
        self.skipSpace()
        return value
    }

    private mutating func string() -> String? {
        self.skipSpace()
        guard self.next == UInt8(ascii: "\"") else { return nil }
        self.position += 1
        var content: [UInt8] = []
        while let byte = self.next {
            self.position += 1
            switch byte {
            case UInt8(ascii: "\""):
                self.skipSpace()
                return String(validating: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = self.escape() else { return nil }
                content += Array(String(scalar).utf8)
            case 0..<0x20:
                return nil
            default:
                content.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let byte = self.next else { return nil }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return self.scalar()
        default: return nil
        }
    }

    /// What follows `\u`; a surrogate pair, which no token of ours needs, is refused.
    private mutating func scalar() -> Unicode.Scalar? {
        let digits = self.bytes[self.position...].prefix(4)
        self.position += digits.count
        let text = String(decoding: digits, as: UTF8.self)
        guard digits.count == 4, text.allSatisfy(\.isHexDigit), let value = UInt32(text, radix: 16) else { return nil }
        return Unicode.Scalar(value)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        self.skipSpace()
        guard self.next == UInt8(ascii: character) else { return false }
        self.position += 1
        self.skipSpace()
        return true
    }

    private mutating func skipSpace() {
        while let byte = self.next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { self.position += 1 }
    }
}
