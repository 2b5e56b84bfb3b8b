package import Foundation

/// One change that somebody asks of an account.
package struct LedgerCommand: Sendable {
    /// What is asked for.
    package enum Action: Sendable {
        /// Reserves an amount above 0 for so many seconds.
        case hold(CreditAmount, lifetime: Int64, service: String, model: String)
        /// Spends a hold. More than it holds only if `beyond`.
        case settle(UUID, CreditAmount, beyond: Bool)
        /// Returns a hold.
        case release(UUID)
        /// Lets a hold run out so many seconds from now.
        case extend(UUID, lifetime: Int64)
        /// Ends a hold whose time has run out.
        case expire(UUID)
        /// Gives, or takes when negative.
        case move(CreditAmount, EntryKind, service: String, reason: String)
        /// Gives what a promotion code gives.
        case redeem(PromotionCode)
    }

    /// The same for every repeat of the command.
    package let id: UUID
    package let account: UUID
    /// Who asks; `nil` for the hub itself.
    package let actor: UUID?
    /// What tells a repeat from another request with the same id; `nil` for commands of the hub itself.
    package let digest: UUID?
    package let action: Action

    package init(id: UUID, account: UUID, actor: UUID? = nil, digest: UUID? = nil, _ action: Action) {
        self.id = id
        self.account = account
        self.actor = actor
        self.digest = digest
        self.action = action
    }

    /// The hold that it is about and that must exist.
    package var hold: UUID? {
        switch self.action {
        case .settle(let hold, _, _), .release(let hold), .extend(let hold, _), .expire(let hold): hold
        case .hold, .move, .redeem: nil
        }
    }

    /// What must be available for it.
    package var needed: CreditAmount {
        switch self.action {
        case .hold(let amount, _, _, _): amount
        case .move(let amount, _, _, _) where amount < .zero && amount.micro > .min: amount.negated
        case .move, .settle, .release, .extend, .expire, .redeem: .zero
        }
    }

    /// The promotion code that it redeems.
    package var code: PromotionCode? {
        guard case .redeem(let code) = self.action else { return nil }
        return code
    }
}

/// Why the ledger does not do what is asked. Final: a repeat gets the same answer, but for `noHold`.
package enum LedgerRefusal: Error, Sendable, Equatable {
    case noAccount(UUID)
    case insufficient(AccountState, needed: CreditAmount)
    /// The amounts would not fit.
    case overflow
    case noHold(UUID)
    case holdEnded(UUID, HoldPhase, settled: CreditAmount)
    /// More than was held, which is this much.
    case aboveHold(CreditAmount)
    /// The number of extensions would not fit.
    case extendedTooOften
    /// The hold's time has not run out.
    case notDue
    case promotion(PromotionCode, Promotion.Refusal)
}
