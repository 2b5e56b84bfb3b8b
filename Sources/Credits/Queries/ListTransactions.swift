package import Contract
import Foundation
import Kernel
import Postgres
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// A user's movements, newest first.
    package func listTransactions(
        _ request: ListTransactionsRequest,
        _ call: CallContext
    ) async throws -> ListTransactionsResponse {
        let userID = try call.subject("user_id", request.userID)
        let size = try pageSize(request.pageSize)
        let kind = try filter(request.kind)
        let listing = "transactions \(userID.text) \(kind ?? 0)"
        let start = try PageToken(field: request.pageToken, of: listing)?.position ?? .max

        // One row more than asked for tells whether another page follows.
        let rows = try await self.database.rows(
            readPage,
            [.uuid(userID), .int(start), .int(size + 1), kind.map { .int($0) } ?? .null]
        ) { row in try Entry(row) }

        return .with {
            $0.transactions = rows.prefix(Int(size)).map(CreditTransaction.init)
            if rows.count > size, let last = rows.dropLast().last {
                $0.nextPageToken = PageToken(after: last.version, of: listing).description
            }
        }
    }
}

/// Rows per page, from the field `page_size`.
///
/// - Throws: `INVALID_ARGUMENT` naming the field.
func pageSize(_ size: Int32) throws(Status) -> Int64 {
    switch size {
    case 0: 50
    case 1...500: Int64(size)
    default: throw .invalid(field: "page_size", "must be 1 to 500, or 0 for 50")
    }
}

private func filter(_ kind: TransactionKind) throws(Status) -> Int64? {
    switch kind {
    case .unspecified: nil
    case .UNRECOGNIZED: throw .invalid(field: "kind", "is not a kind of transaction")
    default: Int64(kind.rawValue)
    }
}

extension CreditTransaction {
    fileprivate init(_ entry: Entry) {
        self = .with {
            $0.transactionID = entry.id.text
            $0.kind = TransactionKind(rawValue: Int(entry.kind.rawValue)) ?? .unspecified
            $0.amount = entry.amount.description
            $0.balanceAfter = entry.balanceAfter.description
            $0.holdID = entry.hold?.text ?? ""
            $0.reason = [entry.service, entry.model, entry.reason].filter { !$0.isEmpty }.joined(separator: " ")
            $0.createdAt = Google_Protobuf_Timestamp(entry.at)
        }
    }
}

// Down the account's own entries. Most holds end in a movement, so what is passed over is about as much as what is shown.
private let readPage = Entry.read(
    """
    account = $1::uuid AND version < $2::bigint AND amount <> 0 AND ($4::smallint IS NULL OR kind = $4)
    ORDER BY version DESC LIMIT $3::bigint
    """
)
