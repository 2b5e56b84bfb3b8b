import Contract
import Credits
import Cryptography
package import Foundation
import SwiftProtobuf

extension Command {
    /// The message that asks for it.
    var request: any Message & Sendable {
        switch self.action {
        case .place(let user, let amount, let lifetime):
            PlaceHoldRequest.with {
                $0.requestID = self.sentRequestID
                $0.userID = self.sent(user)
                $0.amount = self.sent(amount)
                $0.expiresIn = self.sent(lifetime)
                $0.service = "video"
            }
        case .settle(let hold, let amount, let allowsOverrun):
            SettleHoldRequest.with {
                $0.requestID = self.sentRequestID
                $0.holdID = self.sent(hold)
                $0.amount = self.sent(amount)
                $0.allowOverrun = allowsOverrun
            }
        case .release(let hold):
            ReleaseHoldRequest.with {
                $0.requestID = self.sentRequestID
                $0.holdID = self.sent(hold)
            }
        case .adjust(let user, let amount):
            AdjustCreditsRequest.with {
                $0.requestID = self.sentRequestID
                $0.userID = self.sent(user)
                $0.amount = self.sent(amount)
                $0.reason = "test"
            }
        case .extend(let hold, let lifetime):
            ExtendHoldRequest.with {
                $0.requestID = self.sentRequestID
                $0.holdID = self.sent(hold)
                $0.expiresIn = self.sent(lifetime)
            }
        case .deduct(let user, let amount):
            DeductCreditsRequest.with {
                $0.requestID = self.sentRequestID
                $0.userID = self.sent(user)
                $0.credits = self.sent(amount)
                $0.service = "video"
            }
        }
    }

    /// What the ledger names the command by; of a placed hold also the hold's id.
    package var recordedID: UUID {
        let operation = "hub.credits.v1.CreditCommands/\(self.action.operation)"
        let principal = withUnsafeBytes(of: self.principal.uuid) { Array($0) }
        return .half(of: SHA256.hash(principal + Array("\(operation) \(self.requestID)".utf8)), isNamed: true)
    }

    /// By what the ledger tells the command from another with the same request id.
    package var digest: UUID {
        // Serializing fails for a missing required field only, which proto3 does not have.
        .half(of: SHA256.hash((try? self.request.serializedBytes() as [UInt8]) ?? []), isNamed: false)
    }

    private var sentRequestID: String {
        if case .requestID(let text) = self.flaw { text } else { self.requestID }
    }

    private func sent(_ target: UUID) -> String {
        if case .target(let text) = self.flaw { text } else { target.uuidString.lowercased() }
    }

    private func sent(_ amount: Int64) -> String {
        if case .amount(let text) = self.flaw { text } else { CreditAmount(micro: amount).description }
    }

    private func sent(_ lifetime: Int32) -> Int32 {
        if case .lifetime(let seconds) = self.flaw { seconds } else { lifetime }
    }
}

extension UUID {
    /// The first half of a hash; if it is to name something, marked as RFC 9562 wants it (version 8).
    fileprivate static func half(of hash: [UInt8], isNamed: Bool) -> UUID {
        var half = Array(hash.prefix(16))
        if isNamed {
            half[6] = half[6] & 0x0f | 0x80
            half[8] = half[8] & 0x3f | 0x80
        }
        return half.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}
