package import Foundation

/// What an entry records.
package enum EntryKind: Int16, Sendable, CaseIterable {
    case initial = 1
    /// A hold was settled.
    case usage = 2
    case adjustment = 3
    case promotion = 4
    /// Spent at once, without a hold.
    case deduction = 5
    case holdPlaced = 6
    case holdExtended = 7
    case holdReleased = 8
    case holdExpired = 9
    /// Somebody wanted to settle a hold that had run out.
    case lateSettlement = 10
}

/// One change of one account. Never changed once written; the last one of an account is its state.
package struct Entry: Sendable, Equatable {
    /// Most bytes of a reason.
    package static let reasonLimit = 500

    package let account: UUID
    /// 1 for the account's first entry, then without gaps.
    package let version: Int64
    /// Of the command, so a repeat is recognised; of a placed hold also the hold's id.
    package let id: UUID
    package let kind: EntryKind
    /// What the account gains; negative for what it pays.
    package var amount = CreditAmount.zero
    /// By how much what is held grows.
    package var held = CreditAmount.zero
    package let balanceAfter: CreditAmount
    package let heldAfter: CreditAmount
    /// The hold that it ends or extends.
    package var hold: UUID?
    /// 0 for what ends the hold, 1 and above for its extensions.
    package var step: Int16?
    /// Who asked; `nil` for the hub itself.
    package var actor: UUID?
    /// Half of the request's SHA-256; `nil` for commands of the hub itself.
    package var digest: UUID?
    package var service = ""
    package var model = ""
    package var reason = ""
    /// Of a hold that begins or is extended: seconds from `at` until it expires.
    package var lifetime: Int64?
    /// When it was written; decided while it is.
    package var at = LedgerTime.distantPast
    /// Of holds: when it expires or, ended, would have.
    package var expiresAt: LedgerTime?

    /// The account right after it.
    package var state: AccountState { AccountState(balance: self.balanceAfter, held: self.heldAfter) }

    /// Fixes the times once the database has decided them.
    package mutating func stamp(_ now: LedgerTime) {
        self.at = now
        if let lifetime { self.expiresAt = now.adding(seconds: lifetime) }
    }
}
