/// Decoding of `%XX` in paths and queries (RFC 3986).
enum PercentEncoding {
    /// A `%` without two hexadecimal digits behind it, or bytes that are not UTF-8.
    struct Malformed: Error {}

    /// Decodes a text. For a variable of several segments, `keepingSlashes` leaves `%2F` as it is.
    static func decode(_ text: some StringProtocol, keepingSlashes: Bool = false) throws(Malformed) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit else { throw Malformed() }
            let decoded = high << 4 | low
            bytes += keepingSlashes && decoded == UInt8(ascii: "/") ? Array("%2F".utf8) : [decoded]
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
        return decoded
    }

    /// Decodes a name or a value of a query, where `+` stands for a space.
    static func decodeQuery(_ text: some StringProtocol) throws(Malformed) -> String {
        try self.decode(String(text).replacing("+", with: " "))
    }
}

extension UInt8 {
    /// What this ASCII character is worth as a hexadecimal digit.
    fileprivate var hexDigit: UInt8? {
        Character(Unicode.Scalar(self)).hexDigitValue.map(UInt8.init)
    }
}
