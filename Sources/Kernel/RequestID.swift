package import RPC

/// A caller's own name for one command, by which a repeat is recognised.
package struct RequestID: Sendable, Hashable {
    /// Most characters of an id.
    package static let maximumLength = 64

    package let text: String

    /// Reads the field `request_id`.
    ///
    /// - Throws: `INVALID_ARGUMENT` unless it is 1 to 64 of `A-Z a-z 0-9 - _ .`.
    package init(_ value: String) throws(Status) {
        guard !value.isEmpty else {
            throw .invalid(field: "request_id", "is required; choose one and keep it for retries of the same command")
        }
        guard value.utf8.count <= Self.maximumLength, value.utf8.allSatisfy(Self.isAllowed) else {
            throw .invalid(field: "request_id", "must be 1 to 64 of A-Z a-z 0-9 - _ .")
        }
        self.text = value
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default:
            false
        }
    }
}
