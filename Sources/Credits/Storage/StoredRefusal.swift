import Foundation
import Kernel
import Postgres
import RPC
import SwiftProtobuf

/// The final answer of a command that was refused.
struct StoredRefusal: Sendable {
    let id: UUID
    let digest: UUID
    let status: Status

    /// Reads those of many commands.
    static let read = Statement("SELECT id, digest, status FROM refusal WHERE id = ANY ($1::uuid[])")

    init(_ row: borrowing Row) throws {
        self.id = try row.uuid(0)
        self.digest = try row.uuid(1)
        self.status = Status(envelope: try Google_Rpc_Status(serializedBytes: row.bytes(2)))
    }

    /// Keeps the refusals among some results.
    static func put(
        _ results: some Sequence<(LedgerCommand, Result<Entry, Status>)>,
        in transaction: borrowing Transaction
    ) throws {
        let refusals = results.compactMap { command, result -> (id: UUID, digest: UUID?, status: Status)? in
            guard case .failure(let status) = result else { return nil }
            return (command.id, command.digest, status)
        }
        guard !refusals.isEmpty else { return }
        try transaction.run(insertRefusals, refusals.columns)
    }
}

private let insertRefusals = Statement(
    "INSERT INTO refusal (id, digest, status) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[])"
)
