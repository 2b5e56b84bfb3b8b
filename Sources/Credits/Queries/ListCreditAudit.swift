package import Contract
import Cryptography
import Foundation
import Kernel
import Postgres
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// Who changed which account, when and why, newest first.
    package func listCreditAudit(
        _ request: ListCreditAuditRequest,
        _ call: CallContext
    ) async throws -> ListCreditAuditResponse {
        let filter = try AuditFilter(request)
        let size = try pageSize(request.pageSize)
        let listing = try request.listing
        var start: AuditPlace?
        if let token = try PageToken(field: request.pageToken, of: listing) { start = AuditPlace(token.key) }

        let path = AuditPath(filter)
        let found = try await self.database.rows(
            path.page,
            filter.parameters + (start ?? .newest).parameters + [.int(AuditPath.reach), .int(size + 1)]
        ) { row in AuditRow(entry: try Entry(row), posting: try row.int(17)) }
        var next: AuditPlace?
        if found.count > size {
            next = found.dropLast().last?.place
        } else {
            // Fewer than asked for: the end, or as far as one call looks.
            next = try await self.database.first(
                path.end,
                filter.parameters + (start ?? .newest).parameters + [.int(AuditPath.reach - 1)]
            ) { row in AuditPlace(posting: try row.int(0), account: try row.uuid(1), version: try row.int(2)) }
        }

        return .with {
            $0.entries = found.prefix(Int(size)).map { CreditAuditEntry($0.entry) }
            if let next { $0.nextPageToken = PageToken(after: next.text, of: listing).description }
        }
    }
}

extension ListCreditAuditRequest {
    /// What is listed, filters included.
    fileprivate var listing: String {
        get throws {
            var filters = self
            filters.pageSize = 0
            filters.pageToken = ""
            let bytes: [UInt8] = try filters.serializedBytes()
            return "audit " + SHA256.hash(bytes).map { String($0, radix: 36) }.joined(separator: ".")
        }
    }
}

/// An entry, and the posting that it belongs to.
private struct AuditRow: Sendable {
    let entry: Entry
    let posting: Int64

    var place: AuditPlace {
        AuditPlace(posting: self.posting, account: self.entry.account, version: self.entry.version)
    }
}

extension CreditAuditEntry {
    fileprivate init(_ entry: Entry) {
        let (balance, held) = (entry.balanceAfter, entry.heldAfter)
        self = .with {
            $0.entryID = entry.id.text
            $0.at = Google_Protobuf_Timestamp(entry.at)
            $0.userID = entry.account.text
            $0.actorID = entry.actor?.text ?? ""
            $0.kind = CreditEntryKind(rawValue: Int(entry.kind.rawValue)) ?? .unspecified
            $0.amount = entry.amount.description
            $0.reason = entry.reason
            $0.service = entry.service
            $0.model = entry.model
            // What was added to get there always fitted, so it can be taken off again.
            $0.balanceBefore = (balance.subtracting(entry.amount) ?? balance).description
            $0.balanceAfter = balance.description
            $0.heldBefore = (held.subtracting(entry.held) ?? held).description
            $0.heldAfter = held.description
            $0.holdID = entry.hold?.text ?? ""
        }
    }
}
