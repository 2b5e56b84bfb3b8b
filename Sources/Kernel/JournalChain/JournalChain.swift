import Cryptography
import Foundation
import Postgres
package import RPC

/// The journal's rows, chained by hash once they are committed. `0002_chain.sql` says how a link is computed.
package enum JournalChain {
    /// What the first link follows.
    static let root = [UInt8](repeating: 0, count: SHA256.length)

    /// The hash of a link.
    static func hash(of row: JournalRow, after previous: [UInt8]) -> [UInt8] {
        var bytes = previous
        row.append(to: &bytes)
        return SHA256.hash(bytes)
    }
}

extension JournalChain {
    /// Reads a hash, written as hexadecimal digits, from a request's field.
    ///
    /// - Throws: `INVALID_ARGUMENT` naming the field.
    package static func hash(field: String, _ value: String) throws(Status) -> [UInt8] {
        guard let hash = self.hash(hexadecimal: value) else {
            throw .invalid(field: field, "must be \(2 * SHA256.length) hexadecimal digits")
        }
        return hash
    }

    /// Reads a hash that is written as hexadecimal digits; `nil` for anything else.
    package static func hash(hexadecimal text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard text.utf8.count == 2 * SHA256.length, digits.count == text.utf8.count else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

/// Why the journal cannot be read in order.
package struct JournalError: Error, CustomStringConvertible {
    /// What is wrong and what to do.
    package let description: String

    /// The transaction numbers of a server that was filled from a dump are behind those in the journal: what is written now
    /// would be taken for older than what was read last, and passed over.
    package static let transactionsBehind = JournalError(
        description: "the journal comes from another server whose transaction numbers were higher; stop every daemon, "
            + "and move this server's past the highest xid in the journal with pg_resetwal --next-transaction-id"
    )
}

/// What of a row of the journal the chain covers.
struct JournalRow {
    let seq: Int64
    /// Microseconds since 1970; `nil` for a time that is none.
    let at: Int64?
    let stream: String
    let streamVersion: Int64
    let kind: String
    let actor: UUID?
    let requestID: String?
    let payloadHash: [UInt8]

    /// Its columns of a `journal j`.
    static let columns = """
        j.seq, CASE WHEN isfinite(j.at) THEN (extract(epoch FROM j.at) * 1000000)::bigint END, j.stream, j.stream_version,
        j.kind, j.actor, j.request_id, j.payload_sha256
        """

    /// Reads the columns from the given one on.
    init(_ row: borrowing Row, from column: Int = 0) throws {
        self.seq = try row.int(column)
        self.at = try row.optionalInt(column + 1)
        self.stream = try row.text(column + 2)
        self.streamVersion = try row.int(column + 3)
        self.kind = try row.text(column + 4)
        self.actor = try row.optionalUUID(column + 5)
        self.requestID = try row.optionalText(column + 6)
        self.payloadHash = try row.bytes(column + 7)
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(number: self.seq)
        bytes.append(number: self.at)
        bytes.append(field: Array(self.stream.utf8))
        bytes.append(number: self.streamVersion)
        bytes.append(field: Array(self.kind.utf8))
        bytes.append(field: self.actor.map { withUnsafeBytes(of: $0.uuid) { Array($0) } })
        bytes.append(field: self.requestID.map { Array($0.utf8) })
        bytes.append(field: self.payloadHash)
    }
}

extension [UInt8] {
    /// Appends a length, -1 for nothing, and the bytes.
    fileprivate mutating func append(field: [UInt8]?) {
        Swift.withUnsafeBytes(of: Int32(field?.count ?? -1).bigEndian) { self.append(contentsOf: $0) }
        if let field { self.append(contentsOf: field) }
    }

    fileprivate mutating func append(number: Int64?) {
        self.append(field: number.map { number in Swift.withUnsafeBytes(of: number.bigEndian) { Array($0) } })
    }
}
