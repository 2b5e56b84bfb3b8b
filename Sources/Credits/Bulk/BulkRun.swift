import Contract
import Foundation
import Kernel
import Postgres
import RPC
import SwiftProtobuf

/// A bulk adjustment that somebody has asked for.
struct BulkRun: Sendable {
    /// Where a line's identifier comes from, beside caller, run and line.
    private static let operation = "hub.credits.v1.CreditCommands/BulkAdjustCredits"

    let caller: UUID
    let requestID: String
    let mode: BulkMode
    let source: BulkSource
    /// How many lines the file has.
    let count: Int

    /// What of the run is its own: the same for every repeat of the request.
    private var id: UUID { self.derived("") }

    /// The command of a line; `nil` for one that is wrong. Always the same for the same line of the same run.
    func command(_ order: BulkOrder) -> LedgerCommand? {
        guard let adjustment = order.adjustment else { return nil }
        let (account, amount) = (adjustment.account, adjustment.amount)
        return LedgerCommand(
            id: self.derived("\(order.line)"),
            account: account,
            actor: self.caller,
            digest: account.derived("\(amount) \(order.reason)"),
            .move(amount, .adjustment, service: "", reason: order.reason)
        )
    }

    private func derived(_ part: String) -> UUID {
        self.caller.derived("\(Self.operation) \(self.requestID) \(part)")
    }

    // MARK: Storage

    /// Makes the run known, or finds it again.
    ///
    /// - Returns: How it has ended, if it has.
    /// - Throws: `INVALID_ARGUMENT` with reason `REQUEST_ID_REUSED`.
    func claim(in transaction: borrowing Transaction) throws -> BulkAdjustDone? {
        try transaction.run(insertRun, self.key + [.bytes(self.source.sha256), .int(Int64(self.mode.rawValue))])
        let found = try transaction.first(readRun, self.key) { row in
            (hash: try row.bytes(0), mode: try row.int(1), done: try row.optionalBytes(2))
        }
        guard let found, found.hash == self.source.sha256, found.mode == Int64(self.mode.rawValue) else {
            throw Status.requestIDReused
        }
        return try found.done.map { try BulkAdjustDone(serializedBytes: $0) }
    }

    /// Ends the run, and journals it with all that was done.
    ///
    /// - Returns: How it has ended: like this, unless a repeat was faster.
    func conclude(_ done: BulkAdjustDone, in transaction: borrowing Transaction) throws -> BulkAdjustDone {
        let changed = try transaction.run(endRun, self.key + [.bytes(try done.serializedBytes())])
        guard changed == 1 else { return try self.claim(in: transaction) ?? done }
        try Journal.append(
            transaction,
            stream: "bulk:\(self.id.text)",
            version: 1,
            kind: "credits.bulk-adjusted",
            actor: self.caller,
            requestID: self.requestID,
            payload: done
        )
        return done
    }

    private var key: [Parameter] { [.uuid(self.caller), .text(self.requestID)] }
}

private let insertRun = Statement(
    """
    INSERT INTO bulk_run (caller, request_id, file_sha256, mode) VALUES ($1::uuid, $2, $3, $4::smallint)
    ON CONFLICT DO NOTHING
    """
)

private let readRun = Statement(
    "SELECT file_sha256, mode, done FROM bulk_run WHERE caller = $1::uuid AND request_id = $2"
)

private let endRun = Statement(
    "UPDATE bulk_run SET done = $3 WHERE caller = $1::uuid AND request_id = $2 AND done IS NULL"
)
