import Cryptography
package import Foundation

extension UUID {
    /// An identifier that follows from this one: the same purpose gives the same one (RFC 9562, version 8).
    package func derived(_ purpose: String) -> UUID {
        UUID(hashing: withUnsafeBytes(of: self.uuid) { Array($0) } + Array(purpose.utf8))
    }

    /// The first half of the SHA-256 of some bytes (RFC 9562, version 8).
    package init(hashing bytes: [UInt8]) {
        var half = Array(SHA256.hash(bytes).prefix(16))
        half[6] = half[6] & 0x0f | 0x80
        half[8] = half[8] & 0x3f | 0x80
        self = half.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}

extension LedgerCommand {
    /// Ends a hold that has run out, whoever finds it.
    package static func expiry(of hold: UUID, on account: UUID) -> LedgerCommand {
        LedgerCommand(id: hold.derived("expire"), account: account, .expire(hold))
    }
}
