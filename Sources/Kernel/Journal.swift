package import Foundation
package import Postgres
package import SwiftProtobuf

/// The record of every change, written in the transaction of the change. Rows are never updated or deleted.
package enum Journal {
    /// Appends one row.
    ///
    /// - Parameters:
    ///   - transaction: The transaction of the change.
    ///   - stream: What changed, such as `user:<uuid>`.
    ///   - version: The number of this change of the stream. `nil` takes the next one, for streams whose row is locked
    ///     by the transaction but does not count versions itself.
    ///   - kind: What happened, such as `user.registered`.
    ///   - actor: The user who did it; `nil` for the hub itself.
    ///   - requestID: The command's id, if it had one.
    ///   - payload: The facts, without secrets.
    /// - Returns: The row's place in the journal.
    /// - Throws: What the database throws, a version that is taken included.
    @discardableResult
    package static func append(
        _ transaction: borrowing Transaction,
        stream: String,
        version: Int64? = nil,
        kind: String,
        actor: UUID?,
        requestID: String? = nil,
        payload: any Message
    ) throws -> Int64 {
        let bytes: [UInt8] = try payload.serializedBytes()
        let sequence = try transaction.first(
            append,
            [
                .text(stream), version.map { .int($0) } ?? .null, .text(kind), actor.map { .uuid($0) } ?? .null,
                requestID.map { .text($0) } ?? .null, .bytes(bytes),
            ],
            { row in try row.int(0) }
        )
        guard let sequence else { preconditionFailure("INSERT … RETURNING gave no row") }
        return sequence
    }

    private static let append = Statement(
        """
        INSERT INTO journal (stream, stream_version, kind, actor, request_id, payload, payload_sha256)
        VALUES ($1,
                coalesce($2::bigint, (SELECT coalesce(max(stream_version), 0) + 1 FROM journal WHERE stream = $1)),
                $3, $4::uuid, $5, $6, sha256($6))
        RETURNING seq
        """
    )
}
