/// An e-mail address as people type it, and the form in which two of them are compared.
struct EmailAddress: Sendable, Hashable {
    /// The longest address that mail servers take, in bytes.
    static let longest = 254
    private static let longestLocalPart = 64
    private static let longestLabel = 63

    /// As it was given.
    let text: String
    /// What makes two addresses the same: no mailbox in use tells upper from lower case.
    let key: String

    /// Takes `local@domain` in ASCII; `nil` if it is anything else. Domains with other letters have an ASCII form.
    init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.longest, parts.count == 2 else { return nil }
        guard Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else { return nil }
        self.text = text
        self.key = text.lowercased()
    }

    /// What stands before the `@`, in lower case.
    var localPart: String { String(self.key.prefix { $0 != "@" }) }

    private static func isLocalPart(_ text: Substring) -> Bool {
        let atoms = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= self.longestLocalPart
            && atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy(self.isAtomic) }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            1...self.longestLabel ~= label.utf8.count && label.first != "-" && label.last != "-"
                && label.allSatisfy { self.isLetterOrDigit($0) || $0 == "-" }
        }
    }

    private static func isLetterOrDigit(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber)
    }

    private static func isAtomic(_ character: Character) -> Bool {
        self.isLetterOrDigit(character) || "!#$%&'*+/=?^_`{|}~-".contains(character)
    }
}
