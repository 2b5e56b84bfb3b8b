import Contract
import Foundation
import Kernel
import RPC
import SwiftProtobuf

extension CreditAmount {
    /// Which amounts a field takes.
    enum Range {
        case positive
        case notNegative
        case notZero
    }

    /// Reads an amount from a request's field.
    ///
    /// - Throws: `INVALID_ARGUMENT` naming the field.
    init(field: String, _ value: String, in range: Range) throws(Status) {
        guard let amount = CreditAmount(value) else {
            throw .invalid(field: field, "must be a decimal number with at most 6 fraction digits, such as 12.5")
        }
        switch range {
        case .positive where amount <= .zero: throw .invalid(field: field, "must be above 0")
        case .notNegative where amount < .zero: throw .invalid(field: field, "must be 0 or more")
        case .notZero where amount == .zero: throw .invalid(field: field, "must not be 0")
        default: self = amount
        }
    }
}

/// Reads a required text from a request's field.
///
/// - Throws: `INVALID_ARGUMENT` naming the field.
func text(field: String, _ value: String, atMost limit: Int) throws(Status) -> String {
    guard !value.isEmpty else { throw .invalid(field: field, "is required") }
    guard value.utf8.count <= limit else { throw .invalid(field: field, "must be at most \(limit) bytes") }
    // Postgres stores no NUL in text.
    guard !value.utf8.contains(0) else { throw .invalid(field: field, "must not contain a NUL character") }
    return value
}

/// Reads a text that may be empty from a request's field.
///
/// - Throws: `INVALID_ARGUMENT` naming the field.
func optionalText(field: String, _ value: String, atMost limit: Int) throws(Status) -> String {
    try value.isEmpty ? "" : text(field: field, value, atMost: limit)
}

/// Seconds until a hold expires.
///
/// - Throws: `INVALID_ARGUMENT` naming the field.
func lifetime(_ seconds: Int32) throws(Status) -> Int64 {
    switch seconds {
    case 0: 600
    case 1...86_400: Int64(seconds)
    default: throw .invalid(field: "expires_in", "must be 1 to 86400 seconds, or 0 for 600")
    }
}
