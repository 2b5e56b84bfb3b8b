package import Postgres
import RPC
package import SwiftProtobuf

extension Database {
    /// Runs a command in one transaction, once for each key.
    ///
    /// A repeat with the same request gets the first answer byte for byte, and the first refusal too: a late retry can
    /// never succeed by surprise. A failure of the hub or its database leaves nothing behind, so the same key may be tried again.
    ///
    /// - Parameters:
    ///   - key: What makes two commands the same.
    ///   - body: Decides and stores. A `Status` that it throws is a refusal: what it stored is undone, the refusal is
    ///     kept.
    /// - Returns: The answer, of this run or of the first.
    /// - Throws: `INVALID_ARGUMENT` with reason `REQUEST_ID_REUSED` when the key belongs to another request.
    package func once<Answer: Message & Sendable>(
        _ key: CommandKey,
        _ body: @escaping @Sendable (borrowing Transaction) throws -> Answer
    ) async throws -> Answer {
        let outcome: Outcome<Answer> = try await self.write { transaction in
            guard try transaction.claim(key) else { return try transaction.earlierOutcome(of: key) }
            let outcome = try transaction.attempt(body)
            try transaction.keep(outcome, for: key)
            return outcome
        }
        return try outcome.get()
    }
}

/// The answer of a command, or the refusal that is final for its key.
private typealias Outcome<Answer> = Result<Answer, Status>

extension Transaction {
    /// Whether this transaction is the first to use the key. Waits for one that claims it at the same time.
    fileprivate borrowing func claim(_ key: CommandKey) throws -> Bool {
        try self.run(insertClaim, key.parameters + [.bytes(key.requestHash)]) == 1
    }

    /// Runs the body; what it stored before refusing is undone.
    fileprivate borrowing func attempt<Answer>(
        _ body: (borrowing Transaction) throws -> Answer
    ) throws -> Outcome<Answer> {
        try self.run(savepoint)
        do {
            return .success(try body(self))
        } catch let refusal as Status where refusal.code != .internal {
            try self.run(rollbackToSavepoint)
            return .failure(refusal)
        }
    }

    fileprivate borrowing func keep<Answer: Message>(_ outcome: Outcome<Answer>, for key: CommandKey) throws {
        let (state, response): (Int64, [UInt8]) =
            switch outcome {
            case .success(let answer): (1, try answer.serializedBytes())
            case .failure(let refusal): (2, try refusal.envelope.serializedBytes())
            }
        try self.run(storeOutcome, key.parameters + [.int(state), .bytes(response)])
    }

    /// A statement of its own: the one that waited for the claim still sees the time before the other's commit.
    fileprivate borrowing func earlierOutcome<Answer: Message>(of key: CommandKey) throws -> Outcome<Answer> {
        let earlier = try self.first(readOutcome, key.parameters) { row in
            (hash: try row.bytes(0), state: try row.int(1), response: try row.bytes(2))
        }
        guard let earlier else { throw Status(.aborted, "The command ran at the same time and failed; try again.") }
        guard earlier.hash == key.requestHash else {
            throw Status.requestIDReused
        }
        guard earlier.state == 1 else {
            return .failure(Status(envelope: try Google_Rpc_Status(serializedBytes: earlier.response)))
        }
        return .success(try Answer(serializedBytes: earlier.response))
    }
}

extension CommandKey {
    fileprivate var parameters: [Parameter] {
        [.uuid(self.principal), .text(self.operation), .text(self.requestID.text)]
    }
}

private let insertClaim = Statement(
    """
    INSERT INTO idempotency (principal, operation, key, request_sha256) VALUES ($1::uuid, $2, $3, $4)
    ON CONFLICT DO NOTHING
    """
)

private let savepoint = Statement("SAVEPOINT command")

private let rollbackToSavepoint = Statement("ROLLBACK TO SAVEPOINT command")

private let storeOutcome = Statement(
    "UPDATE idempotency SET state = $4::smallint, response = $5 WHERE principal = $1::uuid AND operation = $2 AND key = $3"
)

private let readOutcome = Statement(
    "SELECT request_sha256, state, response FROM idempotency WHERE principal = $1::uuid AND operation = $2 AND key = $3"
)
