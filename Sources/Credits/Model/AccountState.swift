/// What an account holds at one moment.
package struct AccountState: Sendable, Equatable {
    /// Credits owned, held ones included. Below 0 only by a settlement beyond its hold.
    package let balance: CreditAmount
    /// Credits reserved by open holds, at least 0.
    package let held: CreditAmount

    package init(balance: CreditAmount, held: CreditAmount) {
        self.balance = balance
        self.held = held
    }

    /// What a new hold can take; negative after a settlement beyond its hold, which blocks new ones.
    package var available: CreditAmount { self.balance.subtracting(self.held) ?? CreditAmount(micro: .min) }
}
