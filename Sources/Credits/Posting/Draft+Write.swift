import Cryptography
import Foundation
import Kernel
import Postgres
import RPC
import SwiftProtobuf

extension Draft {
    /// Writes the draft in a transaction of its own, as the posting after `head`.
    ///
    /// - Returns: What the database's clock shows, and the posting; `nil` when it does not fit the ledger or the time any more
    ///   and nothing was written.
    func write(
        on connection: borrowing Connection,
        lane: Int16,
        head: Int64
    ) throws -> (now: LedgerTime, posted: Int64?) {
        let answer = try connection.first(
            post,
            [.int(Int64(lane)), .int(head), .bytes(self.entries.digest)]
                + self.entries.columns + self.refusals.columns + self.window.parameters
        ) { row in (now: LedgerTime(microseconds: try row.int(0)), posted: try row.optionalInt(1)) }
        guard let answer else { throw PostgresError(.decoding, "ledger_post gave no row") }
        return answer
    }
}

private let post = Statement(
    """
    CALL ledger_post(
        $1::smallint, $2::bigint, $3::bytea,
        $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24::bigint, $25::bigint,
        NULL, NULL
    )
    """
)

extension LedgerWindow {
    /// Whether decisions made in it are right at a moment.
    func contains(_ moment: LedgerTime) -> Bool { self.notBefore <= moment && moment < self.before }

    var parameters: [Parameter] { [.int(self.notBefore.microseconds), .int(self.before.microseconds)] }
}

extension [Entry] {
    /// The SHA-256 over what `ledger_bytes` makes of each entry in SQL.
    var digest: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.count * 192)
        for entry in self { entry.append(to: &bytes) }
        return SHA256.hash(bytes)
    }

    /// One array for each column, in the order in which `ledger_append` takes them.
    var columns: [Parameter] {
        [
            .array(self.column(.uuid) { $0.append(uuid: $1.id) }),
            .array(self.column(.uuid) { $0.append(uuid: $1.account) }),
            .array(self.column(.bigint) { $0.append(number: $1.version) }),
            .array(self.column(.smallint) { $0.append(number: $1.kind.rawValue) }),
            .array(self.column(.bigint) { $0.append(number: $1.amount.micro) }),
            .array(self.column(.bigint) { $0.append(number: $1.held.micro) }),
            .array(self.column(.bigint) { $0.append(number: $1.balanceAfter.micro) }),
            .array(self.column(.bigint) { $0.append(number: $1.heldAfter.micro) }),
            .array(self.column(.uuid) { $0.append(optional: $1.hold) }),
            .array(self.column(.smallint) { $0.append(optional: $1.step) }),
            .array(self.column(.uuid) { $0.append(optional: $1.actor) }),
            .array(self.column(.uuid) { $0.append(optional: $1.digest) }),
            .array(self.column(.text) { $0.append(orNull: $1.service) }),
            .array(self.column(.text) { $0.append(orNull: $1.model) }),
            .array(self.column(.text) { $0.append(orNull: $1.reason) }),
            .array(self.column(.bigint) { $0.append(optional: $1.lifetime == nil ? $1.expiresAt?.microseconds : nil) }),
            .array(self.column(.bigint) { $0.append(optional: $1.lifetime) }),
        ]
    }

    private func column(_ element: BinaryArray.Element, _ append: (inout BinaryArray, Entry) -> Void) -> BinaryArray {
        var array = BinaryArray(of: element, reserving: self.count)
        for entry in self { append(&array, entry) }
        return array
    }
}

extension [(id: UUID, digest: UUID?, status: Status)] {
    /// One array for each column, in the order in which `ledger_append` takes them.
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

extension BinaryArray {
    fileprivate mutating func append(optional uuid: UUID?) {
        if let uuid { self.append(uuid: uuid) } else { self.appendNull() }
    }

    fileprivate mutating func append<Number: FixedWidthInteger>(optional number: Number?) {
        if let number { self.append(number: number) } else { self.appendNull() }
    }

    fileprivate mutating func append(orNull text: String) {
        if text.isEmpty { self.appendNull() } else { self.append(text: text) }
    }
}
