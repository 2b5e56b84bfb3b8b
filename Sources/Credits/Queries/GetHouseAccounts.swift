package import Contract
import Kernel
import Postgres
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// What each account of the house owns now: what is rolled up, and what has been posted since.
    package func getHouseAccounts(
        _ request: GetHouseAccountsRequest,
        _ call: CallContext
    ) async throws -> GetHouseAccountsResponse {
        let accounts = try await self.database.rows(readAccounts) { row in
            var account = HouseBalance()
            account.house = House(rawValue: Int(try row.int(0))) ?? .unspecified
            account.balance = try row.text(1)
            account.movements = try row.int(2)
            return account
        }
        return .with { $0.accounts = accounts }
    }
}

private let readAccounts = Statement(
    """
    SELECT house, trim_scale((r.balance + coalesce(since.balance, 0)) * 0.000001)::text,
        r.entries + coalesce(since.entries, 0)
    FROM house_rollup r LEFT JOIN (
        SELECT ledger_house(e.kind) AS house, -sum(e.amount) AS balance, count(*) AS entries
        FROM journal j JOIN entry e ON e.posting = j.seq AND e.amount <> 0
        WHERE j.kind = 'credits.posted' AND (j.xid, j.seq) > (
            (SELECT xid FROM projection_cursor WHERE name = 'house'),
            (SELECT seq FROM projection_cursor WHERE name = 'house')
        )
        GROUP BY 1
    ) since USING (house)
    ORDER BY house
    """
)
