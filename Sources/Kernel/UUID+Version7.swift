import Cryptography
package import Foundation
package import RPC

extension UUID {
    /// Makes a time-ordered identifier: 48 bits of milliseconds since 1970, then 74 random bits (RFC 9562, version 7).
    package static func v7(at date: Date = Date()) -> UUID {
        var bytes = [UInt8](repeating: 0, count: 6) + Randomness.bytes(10)
        let milliseconds = UInt64(max(0, date.timeIntervalSince1970) * 1000)
        for index in 0..<6 {
            bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> UInt64(40 - 8 * index))
        }
        bytes[6] = bytes[6] & 0x0f | 0x70
        bytes[8] = bytes[8] & 0x3f | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    /// Reads an identifier from a request's field.
    ///
    /// - Throws: `INVALID_ARGUMENT` naming the field.
    package init(field: String, _ value: String) throws(Status) {
        guard let parsed = UUID(uuidString: value) else {
            throw .invalid(field: field, value.isEmpty ? "is required; give a UUID" : "is not a UUID")
        }
        self = parsed
    }

    /// The canonical text form: lower case with dashes.
    package var text: String { self.uuidString.lowercased() }
}
