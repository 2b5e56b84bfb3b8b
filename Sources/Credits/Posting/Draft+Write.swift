import Foundation
import Kernel
import Postgres
import RPC
import SwiftProtobuf

extension Draft {
    /// Writes the draft in a transaction of its own, as the posting after `head`. Until the database answers, `meanwhile` runs
    /// now and again.
    ///
    /// - Parameters:
    ///   - entries: Those of the draft.
    ///   - connection: The lane's.
    ///   - lane: Its number.
    ///   - head: The number of its last posting.
    ///   - meanwhile: Gets the draft as it is.
    /// - Returns: What the database's clock shows, and the posting; `nil` when it does not fit the ledger or the time any more
    ///   and nothing was written.
    /// - Throws: What the database throws.
    mutating func write(
        _ entries: EntryColumns,
        on connection: borrowing Connection,
        lane: Int16,
        head: Int64,
        meanwhile: (inout Draft) -> Void
    ) throws -> (now: LedgerTime, posted: Int64?) {
        let answer = try connection.first(
            post,
            [.text("ledger:\(lane)"), .int(Int64(lane)), .int(head)] + entries.parameters + self.refusals.columns
                + self.window.parameters,
            meanwhile: { meanwhile(&self) }
        ) { row in (now: LedgerTime(microseconds: try row.int(0)), posted: try row.optionalInt(1)) }
        guard let answer else { throw PostgresError(.decoding, "ledger_post gave no row") }
        return answer
    }
}

private let post = Statement(
    """
    CALL ledger_post(
        $1, $2::smallint, $3::bigint, $4::bytea,
        $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,
        $29::bigint, $30::bigint, NULL, NULL
    )
    """
)

extension LedgerWindow {
    /// Whether decisions made in it are right at a moment.
    func contains(_ moment: LedgerTime) -> Bool { self.notBefore <= moment && moment < self.before }

    var parameters: [Parameter] { [.int(self.notBefore.microseconds), .int(self.before.microseconds)] }
}

extension [(id: UUID, digest: UUID?, status: Status)] {
    /// One array for each column, in the order in which `ledger_post` takes them.
    var columns: [Parameter] {
        var (ids, digests) = (BinaryArray(of: .uuid), BinaryArray(of: .uuid))
        var statuses = BinaryArray(of: .bytes)
        for refusal in self {
            ids.append(uuid: refusal.id)
            digests.append(optional: refusal.digest)
            // A status of plain fields always encodes.
            statuses.append(bytes: (try? refusal.status.envelope.serializedBytes()) ?? [])
        }
        return [.array(ids), .array(digests), .array(statuses)]
    }
}
