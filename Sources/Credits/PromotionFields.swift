import Kernel
import RPC
import SwiftProtobuf

extension PromotionCode {
    /// Reads a code from a request's field.
    ///
    /// - Throws: `INVALID_ARGUMENT` naming the field.
    init(field: String, _ value: String) throws(Status) {
        guard let code = PromotionCode(value) else {
            throw .invalid(
                field: field,
                value.isEmpty ? "is required" : "must be 4 to 64 ASCII letters, digits and dashes"
            )
        }
        self = code
    }
}

/// Most uses of a code; `nil` for any number.
///
/// - Throws: `INVALID_ARGUMENT` naming the field.
func maxUses(_ value: Int32) throws(Status) -> Int64? {
    guard value >= 0 else { throw .invalid(field: "max_uses", "must be 1 or more, or 0 for any number") }
    return value == 0 ? nil : Int64(value)
}

extension LedgerTime {
    /// The first second of the year 2200; Postgres adds intervals of microseconds exactly up to 2255.
    private static let latest: Int64 = 7_258_118_400

    /// Reads a moment from a request's field; what is below a microsecond is cut off.
    ///
    /// - Throws: `INVALID_ARGUMENT` naming the field.
    init(field: String, _ value: Google_Protobuf_Timestamp) throws(Status) {
        guard (0..<Self.latest).contains(value.seconds), (0..<1_000_000_000).contains(value.nanos) else {
            throw .invalid(field: field, "must be a time from 1970 until before the year 2200")
        }
        self.init(microseconds: value.seconds * 1_000_000 + Int64(value.nanos) / 1000)
    }
}
