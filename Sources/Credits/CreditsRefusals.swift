import Kernel
import RPC

extension Status {
    /// Less is available than is needed; says how much of each there is.
    static func insufficientCredits(_ state: AccountState, needed: CreditAmount) -> Status {
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
}

extension StoredHold {
    /// - Throws: `FAILED_PRECONDITION` with a reason that says how the hold has ended.
    func requireOpen() throws(Status) {
        let phase: HoldPhase = self.phase == .open && self.isOverdue ? .expired : self.phase
        guard phase != .open else { return }
        throw .hub(
            .failedPrecondition,
            "HOLD_\(phase)".uppercased(),
            "The hold has been \(phase) already; each ends once.",
            metadata: ["hold_id": self.id.text, "settled": self.settled.description]
        )
    }
}
