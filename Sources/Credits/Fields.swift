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

extension Balance {
    init(_ userID: UUID, _ state: AccountState) {
        self = .with {
            $0.userID = userID.text
            $0.balance = state.balance.description
            $0.held = state.held.description
            $0.available = state.available.description
        }
    }
}

extension HoldState {
    init(_ phase: HoldPhase) {
        self =
            switch phase {
            case .open: .open
            case .settled: .settled
            case .released: .released
            case .expired: .expired
            }
    }
}
