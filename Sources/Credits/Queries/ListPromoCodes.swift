package import Contract
import Kernel
import Postgres
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// All promotion codes, newest first.
    package func listPromoCodes(
        _ request: ListPromoCodesRequest,
        _ call: CallContext
    ) async throws -> ListPromoCodesResponse {
        let size = try pageSize(request.pageSize)
        let start = try PageToken(field: request.pageToken, of: listing)?.position ?? .max

        // One row more than asked for tells whether another page follows.
        let rows = try await self.database.rows(readPage, [.int(start), .int(size + 1)], StoredPromotion.init)

        return .with {
            $0.promoCodes = rows.prefix(Int(size)).map(\.message)
            if rows.count > size, let last = rows.dropLast().last {
                $0.nextPageToken = PageToken(after: last.id, of: listing).description
            }
        }
    }
}

private let listing = "promo-codes"

private let readPage = Statement(
    "SELECT \(StoredPromotion.columns) FROM promo WHERE id < $1::bigint ORDER BY id DESC LIMIT $2::bigint"
)
