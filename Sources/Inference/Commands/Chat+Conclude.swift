import Contract
import Credits
import Foundation
import Kernel
import Logging
import Postgres
import RPC
import SwiftProtobuf

extension InferenceService {
    /// Ends the hold by what was used, keeps the record, and tells the caller.
    ///
    /// - Returns: The last message of the stream.
    /// - Throws: `UNAVAILABLE` when the provider failed, `CANCELLED` when the caller had left.
    func conclude(
        _ id: UUID,
        _ ending: ChatEnding,
        textBytes: Int,
        _ bill: ChatBill,
        _ call: CallContext
    ) async throws -> ChatDone {
        self.report(ending, call)
        guard let charge = bill.charge(for: ending, textBytes: textBytes) else {
            let refusal = Status(of: ending)
            try await self.persist { try await self.credits.release(id) }
            let reason = refusal.errorInfo?.reason ?? refusal.code.name
            try await self.persist {
                try await self.database.finish(id, ChatRecord(state: .failed, charge: nil, reason: reason))
            }
            throw refusal
        }
        if charge.overrun > .zero {
            call.logger.error("provider used more than was held", metadata: ["overrun": "\(charge.overrun)"])
        }
        let account = try await self.settle(id, charge, call)
        try await self.persist { try await self.database.finish(id, ChatRecord(ending, charge)) }
        guard case .completed(let completion) = ending else { throw Status(of: ending, charged: charge.amount) }
        return ChatDone(completion, charge, available: account.available)
    }

    private func settle(_ id: UUID, _ charge: ChatBill.Charge, _ call: CallContext) async throws -> AccountState {
        do {
            return try await self.persist { try await self.credits.settle(id, charge.amount) }
        } catch {
            // The hold has ended in the meantime: the work is done and nobody pays for it.
            call.logger.critical(
                "an answer could not be charged",
                metadata: ["hold": "\(id.text)", "amount": "\(charge.amount)", "error": "\(error)"]
            )
            let record = ChatRecord(state: .failed, charge: nil, reason: "SETTLEMENT_FAILED")
            try? await self.database.finish(id, record)
            throw error
        }
    }

    /// Tries again while the database is away, for as long as the hold lives: the provider's work is done and its
    /// price must not be lost. Every step is idempotent by the call's id.
    private func persist<Value: Sendable>(_ step: () async throws -> Value) async throws -> Value {
        let deadline = ContinuousClock.now + .seconds(self.holdLifetime)
        var delay = Duration.milliseconds(50)
        while true {
            do {
                return try await step()
            } catch let error as PostgresError where error.isTransient && ContinuousClock.now < deadline {
                self.logger.warning("a settlement waits for the database", metadata: ["error": "\(error)"])
                try await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(2))
            }
        }
    }

    private func report(_ ending: ChatEnding, _ call: CallContext) {
        switch ending {
        case .failed(let failure):
            call.logger.log(
                level: failure.needsOperator ? .critical : .warning,
                "provider failed",
                metadata: ["phase": "\(failure.phase)", "error": "\(failure.message)"]
            )
        case .completed(let completion):
            guard let anomaly = completion.anomaly else { return }
            call.logger.warning("provider's usage is odd", metadata: ["anomaly": "\(anomaly)"])
        case .unsent, .abandoned:
            call.logger.info("caller left before the answer ended")
        }
    }
}

extension ChatRecord {
    fileprivate init(_ ending: ChatEnding, _ charge: ChatBill.Charge) {
        switch ending {
        case .completed(let completion):
            // The provider's word, cut to what a row should hold; Postgres stores no NUL.
            let reason = completion.finishReason.prefix(64).filter { $0 != "\0" }
            self.init(state: .answered, charge: charge, reason: String(reason))
        case .unsent, .abandoned: self.init(state: .interrupted, charge: charge, reason: "CANCELLED")
        case .failed: self.init(state: .interrupted, charge: charge, reason: "PROVIDER_UNAVAILABLE")
        }
    }
}

extension ChatDone {
    fileprivate init(_ completion: ChatCompletion, _ charge: ChatBill.Charge, available: CreditAmount) {
        self = .with {
            $0.finishReason = completion.finishReason
            $0.servedModel = completion.servedModel
            $0.usage.promptTokens = Int32(clamping: charge.tokens.prompt)
            $0.usage.completionTokens = Int32(clamping: charge.tokens.completion)
            $0.usage.quality = charge.isExact ? .exact : .estimated
            $0.usage.creditsCharged = charge.amount.description
            $0.usage.creditsAvailable = available.description
        }
    }
}
