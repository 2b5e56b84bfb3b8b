import Cryptography
import Foundation
import Kernel
import Postgres
import RPC

/// The bytes of a bulk file, which stay what they are while it is read.
struct BulkSource: Sendable {
    /// Of all of it.
    let sha256: [UInt8]
    private let size: Int
    private let piece: @Sendable (_ start: Int) async throws -> [UInt8]
    /// Tells that a run has ended with it: from now on a staged file makes room for the next one.
    let release: @Sendable () async throws -> Void

    /// A file that came with the request.
    init(_ text: String) {
        let bytes = Array(text.utf8)
        self.sha256 = SHA256.hash(bytes)
        self.size = bytes.count
        self.piece = { start in Array(bytes[start...]) }
        self.release = {}
    }

    /// A file that was staged, as long as it is now. It is kept for another day.
    ///
    /// - Throws: `NOT_FOUND`.
    init(_ database: Database, owner: UUID, name: String) async throws {
        let key: [Parameter] = [.uuid(owner), .text(name)]
        let found = try await database.write { transaction in
            let size = try transaction.first(touchFile, key) { row in Int(try row.int(0)) }
            guard let size else { throw Status.notFound("staged file", name) }
            let hash = try transaction.first(hashFile, key) { row in try row.bytes(0) }
            return (size: size, hash: hash)
        }
        self.size = found.size
        self.sha256 = found.hash ?? SHA256.hash([UInt8]())
        self.piece = { start in
            let bytes = try await database.first(readPiece, key + [.int(Int64(start))]) { row in try row.bytes(0) }
            guard let bytes else { throw Status.notFound("staged file", name) }
            return bytes
        }
        self.release = { try await database.run(releaseFile, key) }
    }

    /// Reads from a place on; empty at the end.
    func bytes(from start: Int) async throws -> [UInt8] {
        guard start < self.size else { return [] }
        return Array(try await self.piece(start).prefix(self.size - start))
    }
}

/// Reads a bulk file a few lines at a time.
struct BulkReader {
    private let source: BulkSource
    private var sheet = BulkSheet()
    private var start = 0
    private var ready: ArraySlice<BulkOrder> = []
    private var isAtEnd = false

    init(_ source: BulkSource) {
        self.source = source
    }

    /// The next lines; none at the end of the file.
    ///
    /// - Throws: `INVALID_ARGUMENT` with reason `BAD_FILE`, or that the file cannot be had.
    mutating func next(atMost count: Int) async throws -> [BulkOrder] {
        while self.ready.isEmpty, !self.isAtEnd {
            try Task.checkCancellation()
            let bytes = try await self.source.bytes(from: self.start)
            self.start += bytes.count
            self.isAtEnd = bytes.isEmpty
            do {
                self.ready = try self.isAtEnd ? self.sheet.finish()[...] : self.sheet.feed(bytes)[...]
            } catch {
                throw Status(error)
            }
        }
        let next = Array(self.ready.prefix(count))
        self.ready = self.ready.dropFirst(count)
        return next
    }

    /// How many lines a file has.
    ///
    /// - Throws: As `next`, for whatever in the file is wrong.
    static func count(_ source: BulkSource) async throws -> Int {
        var reader = BulkReader(source)
        while try await !reader.next(atMost: .max).isEmpty {}
        return reader.sheet.count
    }

    /// Every line of a file.
    static func all(_ source: BulkSource) async throws -> [BulkOrder] {
        var reader = BulkReader(source)
        var orders: [BulkOrder] = []
        while case let next = try await reader.next(atMost: .max), !next.isEmpty { orders += next }
        return orders
    }
}

extension Status {
    /// The file as a whole is refused; says where to look.
    fileprivate init(_ fault: BulkFault) {
        self = .hub(
            .invalidArgument,
            "BAD_FILE",
            "Line \(fault.line) of the file \(fault.message).",
            metadata: ["line": "\(fault.line)"]
        )
    }
}

private let touchFile = Statement(
    "UPDATE bulk_file SET at = clock_timestamp(), is_done = false WHERE owner = $1::uuid AND name = $2 RETURNING size"
)

private let releaseFile = Statement("UPDATE bulk_file SET is_done = true WHERE owner = $1::uuid AND name = $2")

private let hashFile = Statement(
    "SELECT sha256(string_agg(bytes, ''::bytea ORDER BY start)) FROM bulk_piece WHERE owner = $1::uuid AND name = $2"
)

private let readPiece = Statement(
    "SELECT bytes FROM bulk_piece WHERE owner = $1::uuid AND name = $2 AND start = $3::bigint"
)
