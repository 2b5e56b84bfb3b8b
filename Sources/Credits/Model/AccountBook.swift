package import Foundation

/// An open hold.
package struct OpenHold: Sendable, Equatable {
    package let amount: CreditAmount
    package var expiresAt: LedgerTime
    /// How often it was extended.
    package var extensions: Int16 = 0
    package let service: String
    package let model: String

    package init(
        amount: CreditAmount,
        expiresAt: LedgerTime,
        extensions: Int16 = 0,
        service: String,
        model: String
    ) {
        self.amount = amount
        self.expiresAt = expiresAt
        self.extensions = extensions
        self.service = service
        self.model = model
    }
}

/// What is known of a hold that is not among the open ones of its account.
package struct EndedHold: Sendable, Equatable {
    package let phase: HoldPhase
    package let settled: CreditAmount
    package let amount: CreditAmount
    package let expiresAt: LedgerTime

    package init(phase: HoldPhase, settled: CreditAmount, amount: CreditAmount, expiresAt: LedgerTime) {
        self.phase = phase
        self.settled = settled
        self.amount = amount
        self.expiresAt = expiresAt
    }
}

/// What came of a command: the entries to write, the last of which answers it, or why it is refused; what a refusal brought
/// to light, such as a hold that has run out, is written all the same.
package struct Decision: Sendable, Equatable {
    package var entries: [Entry] = []
    package var refusal: LedgerRefusal?

    /// Whether it depends on which of the account's holds have run out.
    package var looksForOverdueHolds: Bool {
        if case .insufficient = self.refusal { return true }
        return self.entries.contains { $0.kind == .holdExpired }
    }
}

/// An account as the commands before have left it, and those of its open holds that are known. Decides by pure rules; the
/// caller sees to it that the account really is in this state when the entries are written.
package struct AccountBook: Sendable, Equatable {
    package let account: UUID
    package private(set) var version: Int64
    package private(set) var state: AccountState
    package private(set) var holds: [UUID: OpenHold]

    package init(account: UUID, version: Int64, state: AccountState, holds: [UUID: OpenHold] = [:]) {
        self.account = account
        self.version = version
        self.state = state
        self.holds = holds
    }

    /// Whether all that the account holds is in the holds that are known.
    package var knowsAllHolds: Bool {
        self.state.held.micro == self.holds.values.reduce(0) { $0 + $1.amount.micro }
    }

    /// Decides on a command and changes the account accordingly.
    ///
    /// - Parameters:
    ///   - command: What is asked.
    ///   - ended: The command's hold, if it is not open.
    ///   - gift: What the command's promotion code gives, if there is such a code.
    ///   - now: What the time is believed to be.
    ///   - window: Narrowed to the time during which the decision is right.
    /// - Returns: What is to be written, and whether it is refused.
    package mutating func decide(
        _ command: LedgerCommand,
        ended: EndedHold?,
        gift: Result<CreditAmount, Promotion.Refusal>? = nil,
        now: LedgerTime,
        window: inout LedgerWindow
    ) -> Decision {
        var decision = Decision()
        do throws(LedgerRefusal) {
            switch command.action {
            case .hold(let amount, let lifetime, let service, let model):
                try self.requireAvailable(amount, now, &window, &decision)
                var entry = try self.entry(command, .holdPlaced, held: amount)
                (entry.service, entry.model, entry.lifetime) = (service, model, lifetime)
                self.holds[command.id] = OpenHold(
                    amount: amount,
                    expiresAt: now.adding(seconds: lifetime),
                    service: service,
                    model: model
                )
                decision.entries.append(entry)
            case .settle(let id, let amount, let beyond):
                try self.settle(id, amount, beyond, command, ended, now, &window, &decision)
            case .release(let id):
                _ = try self.open(id, ended, now, &window, &decision)
                decision.entries.append(try self.end(id, command, .holdReleased))
            case .extend(let id, let lifetime):
                var hold = try self.open(id, ended, now, &window, &decision)
                guard hold.extensions < .max else { throw .extendedTooOften }
                hold.extensions += 1
                var entry = try self.entry(command, .holdExtended)
                (entry.hold, entry.step, entry.lifetime) = (id, hold.extensions, lifetime)
                (entry.service, entry.model) = (hold.service, hold.model)
                hold.expiresAt = now.adding(seconds: lifetime)
                self.holds[id] = hold
                decision.entries.append(entry)
            case .expire(let id):
                guard let hold = self.holds[id] else { throw Self.refusal(id, ended) }
                guard hold.expiresAt <= now else {
                    window.requireAhead(hold.expiresAt)
                    throw .notDue
                }
                window.requireReached(hold.expiresAt)
                decision.entries.append(try self.end(id, command, .holdExpired))
            case .move(let amount, let kind, let service, let reason):
                guard amount.micro > .min else { throw .overflow }
                if amount < .zero { try self.requireAvailable(amount.negated, now, &window, &decision) }
                var entry = try self.entry(command, kind, amount: amount)
                (entry.service, entry.reason) = (service, reason)
                decision.entries.append(entry)
            case .redeem(let code):
                decision.entries.append(try self.redeem(code, gift ?? .failure(.unknown), command))
            }
        } catch {
            decision.refusal = error
        }
        return decision
    }

    /// Corrects the expiry of a hold once the database has decided it.
    package mutating func correct(_ entry: Entry) {
        guard entry.lifetime != nil, let expiresAt = entry.expiresAt else { return }
        self.holds[entry.hold ?? entry.id]?.expiresAt = expiresAt
    }

    /// Leaves the holds to be read again.
    package mutating func forgetHolds() {
        self.holds = [:]
    }

    /// Adds what was read of an open hold.
    package mutating func learn(_ id: UUID, _ hold: OpenHold) {
        self.holds[id] = hold
    }
}

// MARK: - Rules

extension AccountBook {
    /// Frees the account's own overdue holds if need be, so that nobody is refused for the sweeper's delay.
    private mutating func requireAvailable(
        _ amount: CreditAmount,
        _ now: LedgerTime,
        _ window: inout LedgerWindow,
        _ decision: inout Decision
    ) throws(LedgerRefusal) {
        if amount > self.state.available {
            for (id, hold) in self.holds where hold.expiresAt <= now {
                try self.expire(id, hold, &window, &decision)
            }
            // All that have run out, or none: which they are is the database's to say.
            for hold in self.holds.values { window.requireAhead(hold.expiresAt) }
        }
        guard amount <= self.state.available else { throw .insufficient(self.state, needed: amount) }
    }

    private mutating func settle(
        _ id: UUID,
        _ amount: CreditAmount,
        _ beyond: Bool,
        _ command: LedgerCommand,
        _ ended: EndedHold?,
        _ now: LedgerTime,
        _ window: inout LedgerWindow,
        _ decision: inout Decision
    ) throws(LedgerRefusal) {
        let hold: OpenHold
        do throws(LedgerRefusal) {
            hold = try self.open(id, ended, now, &window, &decision)
        } catch {
            if case .holdEnded(_, .expired, _) = error {
                var late = try self.entry(command, .lateSettlement, id: command.id.derived("late"))
                late.hold = id
                decision.entries.append(late)
            }
            throw error
        }
        guard amount <= hold.amount || beyond else { throw .aboveHold(hold.amount) }
        decision.entries.append(try self.end(id, command, .usage, spending: amount))
    }

    private mutating func redeem(
        _ code: PromotionCode,
        _ gift: Result<CreditAmount, Promotion.Refusal>,
        _ command: LedgerCommand
    ) throws(LedgerRefusal) -> Entry {
        switch gift {
        case .failure(let refusal): throw .promotion(code, refusal)
        case .success(let credits):
            var entry = try self.entry(command, .promotion, amount: credits)
            entry.reason = code.description
            return entry
        }
    }

    /// The hold, if its time has not run out; if it has, it ends here.
    private mutating func open(
        _ id: UUID,
        _ ended: EndedHold?,
        _ now: LedgerTime,
        _ window: inout LedgerWindow,
        _ decision: inout Decision
    ) throws(LedgerRefusal) -> OpenHold {
        guard let hold = self.holds[id] else { throw Self.refusal(id, ended) }
        guard now < hold.expiresAt else {
            try self.expire(id, hold, &window, &decision)
            throw .holdEnded(id, .expired, settled: .zero)
        }
        window.requireAhead(hold.expiresAt)
        return hold
    }

    private static func refusal(_ id: UUID, _ ended: EndedHold?) -> LedgerRefusal {
        guard let ended, ended.phase != .open else { return .noHold(id) }
        return .holdEnded(id, ended.phase, settled: ended.settled)
    }

    private mutating func expire(
        _ id: UUID,
        _ hold: OpenHold,
        _ window: inout LedgerWindow,
        _ decision: inout Decision
    ) throws(LedgerRefusal) {
        window.requireReached(hold.expiresAt)
        let expiry = LedgerCommand.expiry(of: id, on: self.account)
        decision.entries.append(try self.end(id, expiry, .holdExpired))
    }

    private mutating func end(
        _ id: UUID,
        _ command: LedgerCommand,
        _ kind: EntryKind,
        spending spent: CreditAmount = .zero
    ) throws(LedgerRefusal) -> Entry {
        guard let hold = self.holds[id] else { throw .noHold(id) }
        var entry = try self.entry(command, kind, amount: spent.negated, held: hold.amount.negated)
        (entry.hold, entry.step, entry.expiresAt) = (id, 0, hold.expiresAt)
        (entry.service, entry.model) = (hold.service, hold.model)
        self.holds[id] = nil
        return entry
    }

    /// The account's next entry.
    private mutating func entry(
        _ command: LedgerCommand,
        _ kind: EntryKind,
        id: UUID? = nil,
        amount: CreditAmount = .zero,
        held: CreditAmount = .zero
    ) throws(LedgerRefusal) -> Entry {
        guard
            let balance = self.state.balance.adding(amount), let total = self.state.held.adding(held), total >= .zero,
            balance.subtracting(total) != nil
        else { throw .overflow }
        self.state = AccountState(balance: balance, held: total)
        self.version += 1
        return Entry(
            account: self.account,
            version: self.version,
            id: id ?? command.id,
            kind: kind,
            amount: amount,
            held: held,
            balanceAfter: balance,
            heldAfter: total,
            actor: command.actor,
            digest: command.digest
        )
    }
}
