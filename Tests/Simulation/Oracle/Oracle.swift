package import Foundation

/// The ledger as it should be, in memory: what it answers to one command after the other.
package struct Oracle: Sendable {
    struct Hold: Sendable {
        let user: UUID
        let amount: Int64
        var expiresAt: Int64
        var phase = Answer.HoldPhase.open
        var settled: Int64 = 0
    }

    /// What users own, held credits included.
    private(set) var balances: [UUID: Int64] = [:]
    /// All holds there ever were.
    private(set) var holds: [UUID: Hold] = [:]
    /// The open holds of each user.
    private var open: [UUID: Set<UUID>] = [:]
    /// Every command that was answered for good, and how.
    private var answered: [Command.Key: (command: Command, answer: Answer)] = [:]

    package init() {}

    /// Gives a new user the first credit.
    package mutating func openAccount(of user: UUID) {
        self.balances[user] = 1_000_000
        self.open[user] = []
    }

    /// What a user has.
    package func view(of user: UUID) -> Answer.BalanceView? {
        guard let balance = self.balances[user] else { return nil }
        let held = self.held(by: user)
        return Answer.BalanceView(user: user, balance: balance, held: held, available: balance - held)
    }

    /// Carries out a command, once. That a hold does not exist is not kept, since it may be placed yet.
    package mutating func perform(_ command: Command, at now: Int64) -> Answer {
        if let field = command.flaw?.field(of: command.action) {
            return .refused(.init(reason: "INVALID_FIELD", field: field))
        }
        if let earlier = self.answered[command.key] {
            guard earlier.command == command else { return .refused(.reuse) }
            return earlier.answer
        }
        if self.isMissingHold(of: command) { return .refused(.noHold) }
        let (answer, changes) = self.decide(command, at: now)
        changes.forEach { self.apply($0) }
        self.answered[command.key] = (command, answer)
        return answer
    }

    /// Ends a hold whose time has run out; false when there is none such.
    package mutating func expire(_ hold: UUID, at now: Int64) -> Bool {
        guard self.isOverdue(hold, at: now) else { return false }
        self.apply(.end(hold, .expired, spent: 0))
        return true
    }

    /// Ends all holds whose time has run out.
    package mutating func expireAll(at now: Int64) {
        for hold in self.open.values.joined() where self.isOverdue(hold, at: now) {
            self.apply(.end(hold, .expired, spent: 0))
        }
    }
}

extension Oracle {
    /// Whether a command is about a hold that does not exist.
    func isMissingHold(of command: Command) -> Bool { command.action.hold.map { self.holds[$0] == nil } ?? false }

    func held(by user: UUID) -> Int64 {
        self.open[user, default: []].reduce(0) { $0 + (self.holds[$1]?.amount ?? 0) }
    }

    func isOverdue(_ id: UUID, at now: Int64) -> Bool {
        guard let hold = self.holds[id] else { return false }
        return hold.phase == .open && hold.expiresAt <= now
    }

    func overdue(of user: UUID, at now: Int64) -> [UUID] {
        self.open[user, default: []].filter { self.isOverdue($0, at: now) }
    }

    /// How the ledger changes.
    enum Change {
        case place(UUID, Hold)
        case end(UUID, Answer.HoldPhase, spent: Int64)
        case extend(UUID, to: Int64)
        case move(user: UUID, amount: Int64)
    }

    private mutating func apply(_ change: Change) {
        switch change {
        case .place(let id, let hold):
            self.holds[id] = hold
            self.open[hold.user, default: []].insert(id)
        case .end(let id, let phase, let spent):
            guard let hold = self.holds[id] else { return }
            self.holds[id]?.phase = phase
            self.holds[id]?.settled = spent
            self.open[hold.user, default: []].remove(id)
            self.balances[hold.user, default: 0] -= spent
        case .extend(let id, let moment): self.holds[id]?.expiresAt = moment
        case .move(let user, let amount): self.balances[user, default: 0] += amount
        }
    }
}
