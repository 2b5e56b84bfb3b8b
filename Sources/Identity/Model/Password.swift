import Cryptography
import Foundation

/// A password as somebody typed it, in the one Unicode form that all keyboards agree on (NFC).
struct Password: Sendable {
    /// The longest password, in bytes; bcrypt's own limit does not matter, see ``secret(pepper:)``.
    static let longest = 1_024
    /// How ``secret(pepper:)`` is made, as stored beside each hash.
    static let scheme: Int64 = 1
    private static let shortest = 8

    /// Why a new password is refused.
    enum Weakness: Sendable, Equatable {
        case tooShort
        case common
        case namesAccount
    }

    private let text: String

    /// `nil` if it is empty or longer than 1,024 bytes.
    init?(_ text: String) {
        guard 1...Self.longest ~= text.utf8.count else { return nil }
        self.text = text.precomposedStringWithCanonicalMapping
    }

    /// What is wrong with it as the new password of that account; `nil` if nothing is.
    func weakness(for email: EmailAddress) -> Weakness? {
        let folded = self.text.lowercased()
        guard self.text.count >= Self.shortest else { return .tooShort }
        guard !commonPasswords.contains(folded) else { return .common }
        guard ![email.key, email.localPart].contains(folded) else { return .namesAccount }
        return nil
    }

    /// What bcrypt hashes: 43 characters, whatever the password's length and bytes, and worth nothing to a guesser who
    /// has the database without the pepper.
    func secret(pepper: [UInt8]) -> [UInt8] {
        Array(Base64URL.encode(HMAC.sha256(self.text.utf8, key: pepper)).utf8)
    }
}
