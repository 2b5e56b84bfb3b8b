import Cryptography
import Foundation
package import RPC

/// Where the next page starts. Opaque to clients, and valid only for the listing that gave it.
package struct PageToken: Sendable {
    /// The last row of the page before, as a number; the next page starts below it. 0 if the listing goes by other keys.
    package var position: Int64 { Int64(self.key, radix: 36) ?? 0 }
    /// The last row of the page before, as the listing has named it.
    package let key: String
    private let text: String

    /// Names the row after which the next page starts. `listing` says what is listed, filters included; the token is
    /// good for nothing else.
    package init(after position: Int64, of listing: String) {
        self.init(after: String(position, radix: 36), of: listing)
    }

    /// The same for a listing whose rows have no numbers, such as one that goes by UUID.
    package init(after key: String, of listing: String) {
        self.key = key
        self.text = Self.encode(key, listing)
    }

    /// Reads the field `page_token`; `nil` for the first page.
    ///
    /// - Throws: `INVALID_ARGUMENT` for a token that this listing did not give.
    package init?(field value: String, of listing: String) throws(Status) {
        guard !value.isEmpty else { return nil }
        guard
            let separator = value.lastIndex(of: "-"),
            case let key = String(value[..<separator]), Self.encode(key, listing) == value
        else {
            throw .invalid(field: "page_token", "is not a token that this listing, with these filters, has given")
        }
        self.key = key
        self.text = value
    }

    /// The form that goes to the client.
    package var description: String { self.text }

    /// The check sum guards against mistakes, not against forgery: a position is no secret.
    private static func encode(_ key: String, _ listing: String) -> String {
        let checksum = SHA256.hash(Array("\(key) \(listing)".utf8)).prefix(6)
        return key + "-" + checksum.map { String($0, radix: 36) }.joined()
    }
}
