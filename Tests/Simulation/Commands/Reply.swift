package import Contract
package import RPC
import SwiftProtobuf

/// What came back for a command, read and as it was sent.
package struct Reply: Sendable, Hashable {
    package let answer: Answer
    /// What a repeat must be answered too, to the byte.
    package let bytes: [UInt8]
}

extension CreditCommandsClient {
    /// Sends a command once.
    ///
    /// - Returns: What the ledger says to it; nil when the outcome stays open, so that the command must be sent again.
    /// - Throws: `Unreadable` when that makes no sense.
    package func reply(to command: Command, _ options: CallOptions) async throws -> Reply? {
        do {
            switch command.request {
            case let request as PlaceHoldRequest: return try Reply(try await self.placeHold(request, options))
            case let request as SettleHoldRequest: return try Reply(try await self.settleHold(request, options))
            case let request as ReleaseHoldRequest: return try Reply(try await self.releaseHold(request, options))
            case let request as ExtendHoldRequest: return try Reply(try await self.extendHold(request, options))
            case let request as DeductCreditsRequest: return try Reply(try await self.deductCredits(request, options))
            case let request as AdjustCreditsRequest: return try Reply(try await self.adjustCredits(request, options))
            default: preconditionFailure("a request without a method")
            }
        } catch let status as Status {
            guard let answer = try Answer(status) else { return nil }
            let details = try status.details.flatMap { try $0.serializedBytes() as [UInt8] }
            return Reply(answer: answer, bytes: Array("\(status.code) \(status.message)".utf8) + details)
        }
    }
}

extension Reply {
    fileprivate init(_ hold: Hold) throws {
        self.init(answer: try Answer(hold), bytes: try hold.serializedBytes())
    }

    fileprivate init(_ deduction: DeductCreditsResponse) throws {
        self.init(answer: try Answer(deduction.balance), bytes: try deduction.serializedBytes())
    }

    fileprivate init(_ balance: Balance) throws {
        self.init(answer: try Answer(balance), bytes: try balance.serializedBytes())
    }
}
