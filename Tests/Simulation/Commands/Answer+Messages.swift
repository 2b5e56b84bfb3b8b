package import Contract
import Credits
import Foundation
package import RPC
import SwiftProtobuf

/// An answer that does not say what it should.
package struct Unreadable: Error, CustomStringConvertible {
    package let description: String
}

extension Answer {
    /// Reads what the ledger answers about a hold.
    init(_ hold: Contract.Hold) throws {
        guard let id = UUID(uuidString: hold.holdID), let user = UUID(uuidString: hold.userID),
            let amount = CreditAmount(hold.amount), let settled = CreditAmount(hold.settled),
            let phase = HoldPhase(hold.state)
        else { throw Unreadable(description: "\(hold)") }
        let seconds = hold.expiresAt.seconds
        self = .hold(
            HoldView(
                id: id,
                user: user,
                amount: amount.micro,
                phase: phase,
                settled: settled.micro,
                expiresAt: seconds * 1_000_000 + Int64(hold.expiresAt.nanos / 1000)
            )
        )
    }

    /// Reads what the ledger answers about an account.
    package init(_ balance: Balance) throws {
        guard let user = UUID(uuidString: balance.userID), let owned = CreditAmount(balance.balance),
            let held = CreditAmount(balance.held), let available = CreditAmount(balance.available)
        else { throw Unreadable(description: "\(balance)") }
        self = .balance(
            BalanceView(user: user, balance: owned.micro, held: held.micro, available: available.micro)
        )
    }

    /// Reads a refusal; nil when the status leaves open what became of the command.
    ///
    /// - Throws: `Unreadable` for a status that a ledger must not give.
    package init?(_ status: Status) throws {
        let violation = status.detail(BadRequest.self)?.fieldViolations.first
        let reason = violation?.reason ?? status.errorInfo?.reason ?? ""
        switch status.code {
        case .unavailable, .aborted, .deadlineExceeded, .cancelled: return nil
        case .resourceExhausted where reason != "INSUFFICIENT_CREDITS": return nil
        case .invalidArgument, .notFound, .resourceExhausted, .failedPrecondition:
            let facts = (status.errorInfo?.metadata ?? [:]).compactMapValues { CreditAmount($0)?.micro }
            self = .refused(Refusal(reason: reason, field: violation?.field, facts: facts))
        default: throw Unreadable(description: "\(status)")
        }
    }
}

extension Answer.HoldPhase {
    fileprivate init?(_ state: HoldState) {
        switch state {
        case .open: self = .open
        case .settled: self = .settled
        case .released: self = .released
        case .expired: self = .expired
        default: return nil
        }
    }
}
