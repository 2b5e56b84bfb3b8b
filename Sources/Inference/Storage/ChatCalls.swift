import Credits
import Foundation
import Kernel
import Postgres
import RPC

/// What became of a chat.
struct ChatRecord: Sendable {
    enum State: Int64 {
        case running = 0
        /// The model finished.
        case answered = 1
        /// It was cut short after it had begun; what was used is charged.
        case interrupted = 2
        /// Nothing was answered and nothing is charged.
        case failed = 3
    }

    let state: State
    let charge: ChatBill.Charge?
    /// Finish reason, or the reason of the error.
    let reason: String
}

extension Database {
    /// Makes the row of a chat, unless its caller has used the request id before.
    ///
    /// - Returns: Whether the row was made.
    func begin(_ id: UUID, _ order: ChatOrder) async throws -> Bool {
        let key = order.key
        let parameters: [Parameter] = [
            .uuid(id), .uuid(key.principal), .text(key.requestID.text), .bytes(key.requestHash), .text(order.modelID),
        ]
        return try await self.run(insertCall, parameters) == 1
    }

    /// Writes how a chat ended.
    func finish(_ id: UUID, _ record: ChatRecord) async throws {
        _ = try await self.run(
            finishCall,
            [
                .uuid(id), .int(record.state.rawValue),
                .int(Int64(record.charge?.tokens.prompt ?? 0)), .int(Int64(record.charge?.tokens.completion ?? 0)),
                .int(record.charge.map { $0.isExact ? 1 : 2 } ?? 0), .int(record.charge?.amount.micro ?? 0),
                .text(record.reason),
            ]
        )
    }

    /// The earlier chat with the same caller and request id.
    func earlierCall(_ key: CommandKey) async throws -> EarlierCall? {
        try await self.first(readCall, [.uuid(key.principal), .text(key.requestID.text)]) { row in
            EarlierCall(
                id: try row.uuid(0),
                requestHash: try row.bytes(1),
                state: ChatRecord.State(rawValue: try row.int(2)) ?? .running,
                promptTokens: try row.int(3),
                completionTokens: try row.int(4),
                charged: CreditAmount(micro: try row.int(5)),
                reason: try row.text(6)
            )
        }
    }
}

/// A chat that was asked for before.
struct EarlierCall: Sendable {
    let id: UUID
    let requestHash: [UInt8]
    let state: ChatRecord.State
    let promptTokens: Int64
    let completionTokens: Int64
    let charged: CreditAmount
    let reason: String
}

private let insertCall = Statement(
    """
    INSERT INTO chat_call (id, user_id, request_id, request_sha256, model_id) VALUES ($1::uuid, $2::uuid, $3, $4, $5)
    ON CONFLICT (user_id, request_id) DO NOTHING
    """
)

private let finishCall = Statement(
    """
    UPDATE chat_call SET state = $2::smallint, prompt_tokens = $3::bigint, completion_tokens = $4::bigint,
        quality = $5::smallint, charged = $6::bigint, reason = $7, ended_at = clock_timestamp()
    WHERE id = $1::uuid AND state = 0
    """
)

private let readCall = Statement(
    """
    SELECT id, request_sha256, state, prompt_tokens, completion_tokens, charged, reason
    FROM chat_call WHERE user_id = $1::uuid AND request_id = $2
    """
)
