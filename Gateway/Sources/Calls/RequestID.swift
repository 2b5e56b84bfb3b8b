import HTTPTypes

/// Names one request in the logs of gateway and hub and in the answer.
enum RequestID {
    /// The caller's own, if it is 1 to 64 of `A-Z a-z 0-9 - _ .`; else a new one of 16 hexadecimal digits.
    static func choose(_ given: String?) -> String {
        guard let given, (1...64).contains(given.utf8.count), given.utf8.allSatisfy(self.isAllowed) else {
            return self.make()
        }
        return given
    }

    private static func make() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        let character = Character(Unicode.Scalar(byte))
        return character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name.known("X-Request-Id")
}
