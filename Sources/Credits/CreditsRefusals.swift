import Foundation
import Kernel
import RPC
import SwiftProtobuf

extension Status {
    /// What the caller hears of a refusal.
    init(_ refusal: LedgerRefusal) {
        self =
            switch refusal {
            case .noAccount(let user): .notFound("credit account", "of user \(user.text)")
            case .insufficient(let state, let needed): .insufficientCredits(state, needed: needed)
            case .overflow: .invalid(field: "amount", "does not fit: the balance would be too large")
            case .noHold(let id): .notFound("hold", id.text)
            case .holdEnded(let id, let phase, let settled):
                .hub(
                    .failedPrecondition,
                    "HOLD_\(phase)".uppercased(),
                    "The hold has been \(phase) already; each ends once.",
                    metadata: ["hold_id": id.text, "settled": settled.description]
                )
            case .aboveHold(let amount): .invalid(field: "amount", "is above the \(amount) credits that are held")
            case .extendedTooOften:
                .hub(
                    .failedPrecondition,
                    "HOLD_EXTENDED_TOO_OFTEN",
                    "The hold was extended \(Int16.max) times, which is the most. Settle it, and extend the next one for longer."
                )
            case .notDue: .hub(.failedPrecondition, "HOLD_OPEN", "The hold's time has not run out.")
            case .promotion(let code, let refusal): .promotion(code, refusal)
            }
    }

    /// Less is available than is needed; says how much of each there is.
    private static func insufficientCredits(_ state: AccountState, needed: CreditAmount) -> Status {
        .hub(
            .resourceExhausted,
            "INSUFFICIENT_CREDITS",
            "\(needed) credits are needed and \(state.available) are available. Top up or ask for less.",
            metadata: [
                "needed": needed.description,
                "available": state.available.description,
                "balance": state.balance.description,
                "held": state.held.description,
            ]
        )
    }

    /// More commands wait than the ledger can write in good time.
    static let ledgerBusy = Status.hub(
        .resourceExhausted,
        "BUSY",
        "The ledger is too busy; try again in a moment.",
        details: [RetryInfo.with { $0.retryDelay = Google_Protobuf_Duration(seconds: 0, nanos: 200_000_000) }]
    )
}
