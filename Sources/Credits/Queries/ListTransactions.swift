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
            [.uuid(userID), .int(start), .int(size + 1), kind.map { .int($0) } ?? .null],
            readTransaction
        )

        return .with {
            $0.transactions = rows.prefix(Int(size)).map(\.message)
            if rows.count > size, let last = rows.dropLast().last {
                $0.nextPageToken = PageToken(after: last.position, of: listing).description
            }
        }
    }
}

private func pageSize(_ size: Int32) throws(Status) -> Int64 {
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

@Sendable private func readTransaction(_ row: borrowing Row) throws -> (position: Int64, message: CreditTransaction) {
    var message = CreditTransaction()
    message.transactionID = try row.uuid(1).text
    message.kind = TransactionKind(rawValue: Int(try row.int(2))) ?? .unspecified
    message.amount = CreditAmount(micro: try row.int(3)).description
    message.balanceAfter = CreditAmount(micro: try row.int(4)).description
    message.holdID = try row.isNull(5) ? "" : row.uuid(5).text
    message.reason = try row.text(6)
    message.createdAt = Google_Protobuf_Timestamp(microsecond: try row.date(7))
    return (try row.int(0), message)
}

// Two index scans that each stop after one page, instead of one filter over all movements.
private let readPage = Statement(
    """
    WITH owned AS (SELECT id FROM account WHERE owner = $1::uuid AND kind = 1)
    SELECT * FROM (
        (SELECT journal_seq, id, kind, amount, balance_after, hold_id, memo, at FROM transfer
         WHERE credit = (SELECT id FROM owned) AND journal_seq < $2::bigint AND ($4::smallint IS NULL OR kind = $4)
         ORDER BY journal_seq DESC LIMIT $3::bigint)
        UNION ALL
        (SELECT journal_seq, id, kind, -amount, balance_after, hold_id, memo, at FROM transfer
         WHERE debit = (SELECT id FROM owned) AND journal_seq < $2::bigint AND ($4::smallint IS NULL OR kind = $4)
         ORDER BY journal_seq DESC LIMIT $3::bigint)
    ) page
    ORDER BY journal_seq DESC LIMIT $3::bigint
    """
)
