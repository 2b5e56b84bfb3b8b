import Contract
import Foundation
import Kernel
import RPC

/// A Chat request whose fields have been checked.
struct ChatOrder: Sendable {
    /// Most bytes of a model's name.
    static let modelLimit = 256
    /// Most turns of a conversation.
    static let turnLimit = 1_000
    /// Most bytes of a conversation.
    static let byteLimit = 512 * 1024

    let key: CommandKey
    let modelID: String
    let turns: [ChatPrompt.Turn]
    /// Most tokens of the answer that the caller wants; `nil` for as many as the model gives.
    let maxTokens: Int?
    let temperature: Double?

    /// - Throws: `INVALID_ARGUMENT` naming the field.
    init(_ request: ChatRequest, _ call: CallContext) throws {
        self.key = try CommandKey(call, requestID: request.requestID, request)
        guard !request.model.isEmpty else {
            throw Status.invalid(field: "model", "is required; ListModels names those that can be called")
        }
        // Postgres stores no NUL in text.
        guard request.model.utf8.count <= Self.modelLimit, !request.model.utf8.contains(0) else {
            throw Status.invalid(field: "model", "must be at most \(Self.modelLimit) bytes without a NUL character")
        }
        self.modelID = request.model
        self.turns = try Self.turns(request.messages)
        guard request.maxTokens >= 0 else { throw Status.invalid(field: "max_tokens", "must be 0 or more") }
        self.maxTokens = request.maxTokens == 0 ? nil : Int(request.maxTokens)
        self.temperature = try Self.temperature(request.sampling)
    }

    private static func temperature(_ sampling: ChatRequest.OneOf_Sampling?) throws(Status) -> Double? {
        guard case .temperature(let value)? = sampling else { return nil }
        guard (0...2).contains(value) else { throw .invalid(field: "temperature", "must be 0 to 2") }
        return value
    }

    private static func turns(_ messages: [ChatMessage]) throws(Status) -> [ChatPrompt.Turn] {
        guard (1...turnLimit).contains(messages.count) else {
            throw .invalid(field: "messages", "must be 1 to \(turnLimit) turns")
        }
        guard messages.reduce(0, { $0 + $1.content.utf8.count }) <= byteLimit else {
            throw .invalid(field: "messages", "must be at most \(byteLimit) bytes together")
        }
        var turns: [ChatPrompt.Turn] = []
        for (index, message) in messages.enumerated() {
            guard let role = ChatPrompt.Role(rawValue: message.role) else {
                throw .invalid(field: "messages[\(index)].role", "must be system, user or assistant")
            }
            turns.append(ChatPrompt.Turn(role, message.content))
        }
        return turns
    }
}
