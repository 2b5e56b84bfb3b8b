package import Contract
import Foundation
import Kernel
import Postgres
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// Puts a piece of a CSV file in its place.
    package func stageBulkFile(_ request: StageBulkFileRequest, _ call: CallContext) async throws -> StagedBulkFile {
        let owner = try call.principal.userID
        let name = try bulkFileID(request.fileID)
        let start = Int(request.offset)
        guard start >= 0 else { throw Status.invalid(field: "offset", "must be 0 or more") }
        guard request.data.count <= StagedFiles.pieceLimit else {
            throw Status.invalid(field: "data", "must be at most \(StagedFiles.pieceLimit) bytes; send more pieces")
        }
        let bytes = [UInt8](request.data)

        let size = try await self.database.write { transaction in
            let files = StagedFiles(owner: owner)
            try files.lock(in: transaction)
            return try files.put(bytes, at: start, of: name, in: transaction)
        }
        return .with {
            $0.fileID = name
            $0.size = Int32(size)
        }
    }
}

/// Reads the name of a staged file from a request.
///
/// - Throws: `INVALID_ARGUMENT` naming the field.
func bulkFileID(_ value: String) throws(Status) -> String {
    do {
        return try RequestID(value).text
    } catch {
        throw .invalid(field: "file_id", "must be 1 to 64 of A-Z a-z 0-9 - _ .")
    }
}

/// The files that one caller has put together.
private struct StagedFiles {
    static let pieceLimit = 1 << 20
    static let fileLimit = 32 << 20
    static let ownerLimit = (bytes: 64 << 20, files: 16)

    let owner: UUID

    /// Others of the same caller wait, so that the limits hold.
    func lock(in transaction: borrowing Transaction) throws {
        try transaction.run(lockOwner, [.text(self.owner.text)])
    }

    /// - Returns: How long the file is then.
    func put(_ bytes: [UInt8], at start: Int, of name: String, in transaction: borrowing Transaction) throws -> Int {
        let key: [Parameter] = [.uuid(self.owner), .text(name)]
        let size = try transaction.first(readSize, key) { row in Int(try row.int(0)) } ?? 0
        guard start <= size else {
            throw Status.hub(
                .failedPrecondition,
                "GAP",
                "The piece begins at \(start), but the file has \(size) bytes so far; go on there.",
                metadata: ["size": "\(size)"]
            )
        }
        guard start == size else {
            try self.requireSame(bytes, at: start, key, in: transaction)
            return size
        }
        guard !bytes.isEmpty else { return size }
        if try !self.hasRoom(for: bytes.count, after: size, in: transaction) {
            // Their runs have ended; whoever repeats one stages its file again.
            try transaction.run(deleteDoneFiles, key)
            guard try self.hasRoom(for: bytes.count, after: size, in: transaction) else { throw Self.tooLarge }
        }
        try transaction.run(growFile, key + [.int(Int64(size + bytes.count))])
        try transaction.run(insertPiece, key + [.int(Int64(start)), .bytes(bytes)])
        return size + bytes.count
    }

    /// A repeat may be cut as the first was, or ask for the size.
    private func requireSame(
        _ bytes: [UInt8],
        at start: Int,
        _ key: [Parameter],
        in transaction: borrowing Transaction
    ) throws {
        guard !bytes.isEmpty else { return }
        let there = try transaction.first(readPieces, key + [.int(Int64(start)), .int(Int64(bytes.count))]) { row in
            try row.bytes(0)
        }
        guard there == bytes else {
            throw Status.invalid(field: "data", "differs from what is there; choose another file_id for another file")
        }
    }

    private func hasRoom(for count: Int, after size: Int, in transaction: borrowing Transaction) throws -> Bool {
        let all = try transaction.first(readAll, [.uuid(self.owner)]) { row in
            (bytes: Int(try row.int(0)), files: Int(try row.int(1)))
        }
        let (bytes, files) = (all?.bytes ?? 0, all?.files ?? 0)
        return size + count <= Self.fileLimit && bytes + count <= Self.ownerLimit.bytes
            && (size > 0 || files < Self.ownerLimit.files)
    }

    private static let tooLarge = Status.hub(
        .resourceExhausted,
        "TOO_LARGE",
        "A file has at most 32 MiB, and a caller at most 64 MiB in 16 files whose runs have not ended; they are deleted a day "
            + "after their last use."
    )
}

private let lockOwner = Statement("SELECT pg_advisory_xact_lock(hashtextextended('bulk files ' || $1, 0))")

private let deleteDoneFiles = Statement("DELETE FROM bulk_file WHERE owner = $1::uuid AND name <> $2 AND is_done")

private let readSize = Statement("SELECT size FROM bulk_file WHERE owner = $1::uuid AND name = $2")

private let readAll = Statement(
    "SELECT coalesce(sum(size), 0)::bigint, count(*) FROM bulk_file WHERE owner = $1::uuid"
)

// Of the bytes from a place on, as many as asked for. Pieces are found by their start, of which none is far before the place.
private let readPieces = Statement(
    """
    SELECT substr(string_agg(bytes, ''::bytea ORDER BY start), ($3::bigint - min(start) + 1)::integer, $4::bigint::integer)
    FROM bulk_piece
    WHERE owner = $1::uuid AND name = $2 AND start < $3::bigint + $4::bigint AND start + octet_length(bytes) > $3::bigint
    """
)

private let growFile = Statement(
    """
    INSERT INTO bulk_file (owner, name, size) VALUES ($1::uuid, $2, $3::bigint)
    ON CONFLICT (owner, name) DO UPDATE SET size = excluded.size, at = clock_timestamp(), is_done = false
    """
)

private let insertPiece = Statement(
    "INSERT INTO bulk_piece (owner, name, start, bytes) VALUES ($1::uuid, $2, $3::bigint, $4)"
)
