import Contract
import Foundation
import Kernel
import Postgres
import RPC

/// Which entries an audit lists.
struct AuditFilter: Sendable {
    let user: UUID?
    let actor: UUID?
    /// Numbers of kinds; empty for all.
    let kinds: Set<Int64>
    let from: LedgerTime?
    let to: LedgerTime?
    let reasonPrefix: String

    /// - Throws: `INVALID_ARGUMENT` naming the field.
    init(_ request: ListCreditAuditRequest) throws(Status) {
        self.user = request.userID.isEmpty ? nil : try UUID(field: "user_id", request.userID)
        self.actor = request.actorID.isEmpty ? nil : try UUID(field: "actor_id", request.actorID)
        var kinds: Set<Int64> = []
        for kind in request.kinds {
            guard kind != .unspecified, Int16(exactly: kind.rawValue).flatMap(EntryKind.init) != nil else {
                throw .invalid(field: "kinds", "has a value that is not a kind of entry")
            }
            kinds.insert(Int64(kind.rawValue))
        }
        self.kinds = kinds
        self.from = try LedgerTime(field: "from", request.from)
        self.to = try LedgerTime(field: "to", request.to)
        self.reasonPrefix = try optionalText(field: "reason_prefix", request.reasonPrefix, atMost: Entry.reasonLimit)
    }

    /// `$1` to `$6` of the statements.
    var parameters: [Parameter] {
        [
            .uuid(optional: self.user), .uuid(optional: self.actor),
            self.kinds.isEmpty ? .null : .ints(self.kinds.sorted()),
            .int((self.from ?? .earliest).microseconds), .int((self.to ?? .latest).microseconds),
            .text(self.reasonPrefix),
        ]
    }
}

extension LedgerTime {
    // What Postgres can still add an hour to.
    fileprivate static let earliest = LedgerTime(microseconds: 0)
    fileprivate static let latest = LedgerTime(microseconds: 253_402_300_800_000_000)

    /// Reads a date or a time of RFC 3339 from a request's field; `nil` for an empty one.
    ///
    /// - Throws: `INVALID_ARGUMENT` naming the field.
    init?(field: String, _ value: String) throws(Status) {
        guard !value.isEmpty else { return nil }
        let text = value.utf8.count == 10 ? value + "T00:00:00Z" : value
        let plain = Date.ISO8601FormatStyle()
        let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard
            let date = (try? plain.parse(text)) ?? (try? fractional.parse(text)),
            // Years that have six digits do not fit.
            let microseconds = Int64(exactly: (date.timeIntervalSince1970 * 1_000_000).rounded()),
            case let moment = LedgerTime(microseconds: microseconds),
            (Self.earliest...Self.latest).contains(moment)
        else {
            throw .invalid(field: field, "must be a date such as 2026-11-23 or a time such as 2026-11-23T14:30:00Z")
        }
        self = moment
    }
}
