package import Contract
import Credits
import Foundation
import Kernel
package import RPC
import SwiftProtobuf

extension InferenceService {
    /// Sends a conversation to a model, streams its answer, and charges what it used.
    package func chat(
        _ request: ChatRequest,
        _ responses: ResponseStream<ChatResponse>,
        _ call: CallContext
    ) async throws {
        let order = try ChatOrder(request, call)
        let model = try await self.database.model(order.modelID)
        guard let provider = self.providers[model.provider] else {
            throw Status.providerUnavailable("No provider \(model.provider) is configured for this model.")
        }
        let maxOutputTokens = min(order.maxTokens ?? .max, model.maxOutputTokens)
        let bill = ChatBill(price: model.price, turns: order.turns, maxOutputTokens: maxOutputTokens)
        let prompt = ChatPrompt(
            model: model.upstreamName,
            turns: order.turns,
            maxOutputTokens: maxOutputTokens,
            temperature: order.temperature,
            requestID: call.requestID
        )

        let id = try await self.credits.spending(bill.worstCase, of: order.key.principal, call) {
            try await self.reserve(bill.worstCase, for: order)
        }
        let (ending, textBytes) = await self.relay(prompt, from: provider, to: responses, holding: id)
        let result = try await shielded { try await self.conclude(id, ending, textBytes: textBytes, bill, call) }
        try await responses.write(.with { $0.done = result })
    }
}

/// Runs to its end even when the caller's task is cancelled: money that was held must be settled or returned.
func shielded<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await Task { try await body() }.value
}
