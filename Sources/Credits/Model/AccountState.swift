/// What an account holds at the moment its row is locked, and what may be done with it.
package struct AccountState: Sendable, Equatable {
    /// Credits owned, held ones included.
    package let balance: CreditAmount
    /// Credits reserved by open holds.
    package let held: CreditAmount

    package init(balance: CreditAmount, held: CreditAmount) {
        self.balance = balance
        self.held = held
    }

    /// What a new hold can take. Both amounts are at least 0, so this always fits.
    package var available: CreditAmount { CreditAmount(micro: self.balance.micro - self.held.micro) }

    /// The account with `amount` reserved, or `nil` when less is available.
    package func holding(_ amount: CreditAmount) -> AccountState? {
        guard amount <= self.available, let held = self.held.adding(amount) else { return nil }
        return AccountState(balance: self.balance, held: held)
    }

    /// The account after a hold has ended with `spent` of it used.
    package func ending(_ hold: CreditAmount, spending spent: CreditAmount) -> AccountState? {
        guard
            let balance = self.balance.subtracting(spent),
            let held = self.held.subtracting(hold),
            held >= .zero
        else { return nil }
        return AccountState(balance: balance, held: held)
    }

    /// The account with `amount` added or, when negative, taken; `nil` when more is taken than is available.
    package func adjusted(by amount: CreditAmount) -> AccountState? {
        guard let balance = self.balance.adding(amount), balance >= self.held else { return nil }
        return AccountState(balance: balance, held: self.held)
    }
}
