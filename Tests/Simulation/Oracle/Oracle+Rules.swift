import Foundation

extension Oracle {
    /// What a command that is new would be answered, and what it would change.
    func decide(_ command: Command, at now: Int64) -> (answer: Answer, changes: [Change]) {
        switch command.action {
        case .place(let user, let amount, let lifetime):
            self.spending(amount, of: user, at: now) { _ in
                let hold = Hold(user: user, amount: amount, expiresAt: end(of: lifetime, from: now))
                return (.hold(.init(command.recordedID, hold)), .place(command.recordedID, hold))
            }
        case .adjust(let user, let amount) where amount > 0: self.giving(amount, to: user)
        case .adjust(let user, let amount): self.taking(-amount, from: user, at: now)
        case .deduct(let user, let amount): self.taking(amount, from: user, at: now)
        case .settle(let id, let amount, let allowsOverrun):
            self.withOpen(id, at: now) { hold in
                guard amount <= hold.amount || allowsOverrun else {
                    return (.refused(.init(reason: "INVALID_FIELD", field: "amount")), [])
                }
                (hold.phase, hold.settled) = (.settled, amount)
                return (.hold(.init(id, hold)), [.end(id, .settled, spent: amount)])
            }
        case .release(let id):
            self.withOpen(id, at: now) { hold in
                hold.phase = .released
                return (.hold(.init(id, hold)), [.end(id, .released, spent: 0)])
            }
        case .extend(let id, let lifetime):
            self.withOpen(id, at: now) { hold in
                hold.expiresAt = end(of: lifetime, from: now)
                return (.hold(.init(id, hold)), [.extend(id, to: hold.expiresAt)])
            }
        }
    }

    private func giving(_ amount: Int64, to user: UUID) -> (answer: Answer, changes: [Change]) {
        guard let now = self.view(of: user) else { return (.refused(.noAccount), []) }
        guard !now.balance.addingReportingOverflow(amount).overflow else {
            return (.refused(.init(reason: "INVALID_FIELD", field: "amount")), [])
        }
        return (.balance(now.moved(by: amount)), [.move(user: user, amount: amount)])
    }

    private func taking(_ amount: Int64, from user: UUID, at now: Int64) -> (answer: Answer, changes: [Change]) {
        self.spending(amount, of: user, at: now) { account in
            (.balance(account.moved(by: -amount)), .move(user: user, amount: -amount))
        }
    }

    /// What takes from the available credits. Holds that are overdue are ended first if they stand in the way.
    private func spending(
        _ amount: Int64,
        of user: UUID,
        at now: Int64,
        _ spend: (Answer.BalanceView) -> (Answer, Change)
    ) -> (answer: Answer, changes: [Change]) {
        guard var account = self.view(of: user) else { return (.refused(.noAccount), []) }
        var changes: [Change] = []
        if account.available < amount {
            let overdue = self.overdue(of: user, at: now)
            changes = overdue.map { .end($0, .expired, spent: 0) }
            account = account.freed(of: overdue.reduce(0) { $0 + (self.holds[$1]?.amount ?? 0) })
        }
        guard amount <= account.available else { return (.refused(.insufficient(account, needed: amount)), changes) }
        let (answer, change) = spend(account)
        return (answer, changes + [change])
    }

    /// What needs a hold that is open and whose time has not run out.
    private func withOpen(
        _ id: UUID,
        at now: Int64,
        _ use: (inout Hold) -> (Answer, [Change])
    ) -> (answer: Answer, changes: [Change]) {
        guard var hold = self.holds[id] else { return (.refused(.noHold), []) }
        guard !self.isOverdue(id, at: now) else {
            return (.refused(.ended(.expired, settled: 0)), [.end(id, .expired, spent: 0)])
        }
        guard hold.phase == .open else { return (.refused(.ended(hold.phase, settled: hold.settled)), []) }
        return use(&hold)
    }
}

extension Answer.HoldView {
    fileprivate init(_ id: UUID, _ hold: Oracle.Hold) {
        self.init(
            id: id,
            user: hold.user,
            amount: hold.amount,
            phase: hold.phase,
            settled: hold.settled,
            expiresAt: hold.expiresAt
        )
    }
}

/// When something ends that starts now; 0 seconds stand for 600.
private func end(of lifetime: Int32, from now: Int64) -> Int64 {
    now + Int64(lifetime == 0 ? 600 : lifetime) * 1_000_000
}

extension Answer.BalanceView {
    fileprivate func moved(by amount: Int64) -> Self {
        Self(user: self.user, balance: self.balance + amount, held: self.held, available: self.available + amount)
    }

    fileprivate func freed(of amount: Int64) -> Self {
        Self(user: self.user, balance: self.balance, held: self.held - amount, available: self.available + amount)
    }
}

extension Answer.Refusal {
    static let reuse = Self(reason: "REQUEST_ID_REUSED", field: "request_id")
    fileprivate static let noAccount = Self(reason: "NOT_FOUND")
    static let noHold = Self(reason: "NOT_FOUND")

    fileprivate static func insufficient(_ account: Answer.BalanceView, needed: Int64) -> Self {
        let facts = [
            "needed": needed, "available": account.available, "balance": account.balance, "held": account.held,
        ]
        return Self(reason: "INSUFFICIENT_CREDITS", facts: facts)
    }

    fileprivate static func ended(_ phase: Answer.HoldPhase, settled: Int64) -> Self {
        Self(reason: "HOLD_\(phase.rawValue.uppercased())", facts: ["settled": settled])
    }
}
