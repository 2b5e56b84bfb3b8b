import Credits
import Foundation
import Kernel
import RPC

extension InferenceService {
    /// Claims the request id and holds the worst case, before the provider hears anything.
    ///
    /// - Returns: The id of the call and of its hold.
    /// - Throws: `ALREADY_EXISTS` for a request id seen before, `RESOURCE_EXHAUSTED` for too few credits.
    func reserve(_ amount: CreditAmount, for order: ChatOrder) async throws -> UUID {
        let id = UUID.v7()
        guard try await self.database.begin(id, order) else { throw try await self.duplicate(of: order.key) }
        let hold = HoldOrder(
            id: id,
            userID: order.key.principal,
            amount: amount,
            lifetime: self.holdLifetime,
            service: "chat",
            model: order.modelID
        )
        do {
            try await shielded { try await self.credits.hold(hold) }
        } catch let refusal as Status {
            let reason = refusal.errorInfo?.reason ?? refusal.code.name
            try await shielded {
                try await self.database.finish(id, ChatRecord(state: .failed, charge: nil, reason: reason))
            }
            throw refusal
        } catch {
            // The hold may stand although its answer was lost; the caller is told that nothing happened, so it must go.
            _ = try? await shielded {
                try await self.credits.release(id)
                try await self.database.finish(id, ChatRecord(state: .failed, charge: nil, reason: "UNAVAILABLE"))
            }
            throw error
        }
        return id
    }

    /// What became of the first call with this request id.
    private func duplicate(of key: CommandKey) async throws -> Status {
        guard let earlier = try await self.database.earlierCall(key) else {
            return Status(.aborted, "The first call with this request_id has just failed; try again.")
        }
        guard earlier.requestHash == key.requestHash else { return .requestIDReused }
        // The settlement is the truth; the call's own row may lag behind it when a process died between the two.
        let hold = earlier.state == .running ? try await self.credits.outcome(of: earlier.id) : nil
        let state: String =
            switch (earlier.state, hold?.phase) {
            case (.running, .open): "running"
            case (.running, .settled): "answered"
            case (.running, _): "abandoned"
            default: "\(earlier.state)"
            }
        return .hub(
            .alreadyExists,
            "DUPLICATE_REQUEST",
            "This request_id was used before; its call is \(state). It is not charged again.",
            metadata: [
                "state": state,
                "reason": earlier.reason,
                "prompt_tokens": "\(earlier.promptTokens)",
                "completion_tokens": "\(earlier.completionTokens)",
                "credits_charged": "\(hold?.spent ?? earlier.charged)",
            ]
        )
    }
}
