import Cryptography
import Foundation
package import RPC

/// Where the next page starts. Opaque to clients, and valid only for the listing that gave it.
package struct PageToken: Sendable {
    /// The last row of the page before; the next page starts below it.
    package let position: Int64
    private let text: String

    /// Names the row after which the next page starts. `listing` says what is listed, filters included; the token is
    /// good for nothing else.
    package init(after position: Int64, of listing: String) {
        self.position = position
        self.text = Self.encode(position, listing)
    }

    /// Reads the field `page_token`; `nil` for the first page.
    ///
    /// - Throws: `INVALID_ARGUMENT` for a token that this listing did not give.
    package init?(field value: String, of listing: String) throws(Status) {
        guard !value.isEmpty else { return nil }
        guard
            let separator = value.firstIndex(of: "-"),
            let position = Int64(value[..<separator], radix: 36),
            Self.encode(position, listing) == value
        else {
            throw .invalid(field: "page_token", "is not a token that this listing, with these filters, has given")
        }
        self.position = position
        self.text = value
    }

    /// The form that goes to the client.
    package var description: String { self.text }

    /// The check sum guards against mistakes, not against forgery: a position is no secret.
    private static func encode(_ position: Int64, _ listing: String) -> String {
        let checksum = SHA256.hash(Array("\(position) \(listing)".utf8)).prefix(6)
        return String(position, radix: 36) + "-" + checksum.map { String($0, radix: 36) }.joined()
    }
}
