import Foundation
import Kernel
import RPC

/// What commands come to, decided but not yet written.
struct Draft {
    /// In the order of the decisions.
    private(set) var entries: [Entry] = []
    private(set) var refusals: [(id: UUID, digest: UUID?, status: Status)] = []
    /// What the time was believed to be at the first decision.
    private var now: LedgerTime?
    /// When the decisions are right.
    private(set) var window = LedgerWindow()

    private enum Outcome {
        /// The number of the entry that answers the command.
        case entry(Int)
        case refusal(Status)
    }

    /// Of each command; `nil` for one that must wait until what is decided here is written.
    private var outcomes: [Outcome?] = []
    /// The number and the digest of the first command with an id.
    private var commands: [UUID: (number: Int, digest: UUID?)] = [:]
    /// The accounts that are known, as the decisions leave them.
    private var books: [UUID: AccountBook] = [:]
    /// Holds that are placed or extended here: when they expire is decided while they are written.
    private var fresh: Set<UUID> = []
    /// Holds that are ended here.
    private var ended: [UUID: EndedHold] = [:]
    /// Accounts whose overdue holds were to be freed, although some of their open holds are not known.
    private(set) var incomplete: Set<UUID> = []
    /// As the redemptions before have left them.
    private var promotions: [PromotionCode: Promotion] = [:]

    /// Makes room for so many more commands.
    mutating func reserve(_ count: Int) {
        self.entries.reserveCapacity(self.entries.count + count)
        self.outcomes.reserveCapacity(self.outcomes.count + count)
        self.commands.reserveCapacity(self.commands.count + count)
    }

    /// Decides on the next command; commands on one account come in their order. An account that is not known does not
    /// exist. All are decided as of the first one's time: a hold never runs out in the draft that has placed it.
    mutating func decide(_ command: LedgerCommand, ended: [UUID: EndedHold] = [:], now: LedgerTime) {
        let now = self.now ?? now
        self.now = now
        guard let first = self.commands[command.id] else {
            self.commands[command.id] = (self.outcomes.count, command.digest)
            return self.outcomes.append(self.outcome(of: command, ended, now))
        }
        self.outcomes.append(
            first.digest == command.digest ? self.outcomes[first.number] : .refusal(.requestIDReused)
        )
    }

    private mutating func outcome(
        of command: LedgerCommand,
        _ ended: [UUID: EndedHold],
        _ now: LedgerTime
    ) -> Outcome? {
        if let hold = command.hold, self.fresh.contains(hold) { return nil }
        guard var book = self.books.removeValue(forKey: command.account) else {
            return self.refuse(command, .noAccount(command.account))
        }
        let ended = command.hold.flatMap { book.holds[$0] == nil ? self.ended[$0] ?? ended[$0] : nil }
        let gift = self.gift(of: command, now)
        let decision = book.decide(command, ended: ended, gift: gift, now: now, window: &self.window)
        self.books[command.account] = book
        self.entries += decision.entries
        for entry in decision.entries where entry.step == 0 {
            if let hold = entry.hold { self.ended[hold] = EndedHold(entry) }
        }
        if decision.looksForOverdueHolds, !book.knowsAllHolds { self.incomplete.insert(command.account) }
        if let refusal = decision.refusal { return self.refuse(command, refusal) }
        if decision.entries.last?.lifetime != nil { self.fresh.insert(command.hold ?? command.id) }
        if let code = command.code { self.promotions[code]?.redeem(by: command.account) }
        return .entry(self.entries.count - 1)
    }

    /// What the command's promotion code gives; `nil` when there is none.
    private mutating func gift(
        of command: LedgerCommand,
        _ now: LedgerTime
    ) -> Result<CreditAmount, Promotion.Refusal>? {
        guard let promotion = command.code.flatMap({ self.promotions[$0] }) else { return nil }
        return Result { () throws(Promotion.Refusal) in
            try promotion.gift(to: command.account, now: now, window: &self.window)
        }
    }

    private mutating func refuse(_ command: LedgerCommand, _ refusal: LedgerRefusal) -> Outcome {
        let status = Status(refusal)
        self.refusals.append((command.id, command.digest, status))
        return .refusal(status)
    }
}

// MARK: - What is known

extension Draft {
    func knows(_ account: UUID) -> Bool { self.books[account] != nil }

    func knows(hold: UUID, of account: UUID) -> Bool {
        self.books[account]?.holds[hold] != nil || self.ended[hold] != nil
    }

    /// Whether a command with such an id is among those that are decided.
    func decides(_ id: UUID) -> Bool { self.commands[id] != nil }

    mutating func learn(_ book: AccountBook) { self.books[book.account] = book }

    mutating func learn(_ stored: StoredAccount) { self.books.learn(stored) }

    /// What is ended here is open for the database until the draft is written, and stays ended.
    mutating func learn(_ hold: StoredHold) {
        if self.ended[hold.id] == nil { self.books.learn(hold) }
    }

    /// Forgets what was known of codes before.
    mutating func learn(_ promotions: [PromotionCode: Promotion]) { self.promotions = promotions }

    /// Takes an account away, as the decisions have left it. Two drafts with the same account would have it copied with all
    /// its holds.
    private mutating func take(_ account: UUID) -> AccountBook? { self.books.removeValue(forKey: account) }
}

// MARK: - While another draft is written

extension Draft {
    /// Decides on the next command as if `flight` were written already, if it depends on nothing that is decided while that is
    /// written, and on nothing that must be read first.
    ///
    /// - Returns: Whether it was decided.
    mutating func decide(
        _ command: LedgerCommand,
        during flight: inout Draft,
        _ memory: inout LaneMemory,
        now: LedgerTime
    ) -> Bool {
        if !self.knows(command.account), let book = flight.take(command.account) ?? memory.take(command.account) {
            self.learn(book)
        }
        guard self.foresees(command, during: flight) else { return false }
        self.decide(command, now: now)
        return true
    }

    private func foresees(_ command: LedgerCommand, during flight: Draft) -> Bool {
        guard command.code == nil, !flight.decides(command.id), let book = self.books[command.account] else {
            return false
        }
        if let hold = command.hold { return book.holds[hold] != nil && !flight.fresh.contains(hold) }
        guard command.needed > book.state.available else { return true }
        // Then it depends on which holds have run out.
        return book.knowsAllHolds && !flight.entries.contains { $0.account == command.account && $0.lifetime != nil }
    }
}

// MARK: - Once it is written

extension Draft {
    /// Fixes what the database has decided.
    mutating func stamp(_ now: LedgerTime) {
        for index in self.entries.indices {
            self.entries[index].stamp(now)
            let entry = self.entries[index]
            if entry.lifetime != nil { self.books[entry.account]?.correct(entry) }
        }
    }

    /// Learns when holds expire that a written draft has placed or extended.
    mutating func correct(by written: Draft) {
        for entry in written.entries where entry.lifetime != nil { self.books[entry.account]?.correct(entry) }
    }

    /// Puts the accounts into the memory.
    mutating func returnBooks(to memory: inout LaneMemory) {
        for book in self.books.values { memory.put(book) }
        self.books = [:]
    }

    /// Puts the answers into the memory.
    func remember(_ memory: inout LaneMemory) {
        for entry in self.entries { memory.remember(.posted(entry), for: entry.id) }
        for case (let id, let digest?, let status) in self.refusals {
            memory.remember(.refused(digest: digest, status), for: id)
        }
    }

    /// What each command is answered, in their order; `nil` for one that must be decided anew.
    var answers: [Result<Entry, Status>?] {
        self.outcomes.map { outcome in
            switch outcome {
            case .entry(let number)?: .success(self.entries[number])
            case .refusal(let status)?: .failure(status)
            case nil: nil
            }
        }
    }

    /// Whether some commands must be decided anew.
    var isPartial: Bool { self.outcomes.contains { if case nil = $0 { true } else { false } } }
}

extension EndedHold {
    /// - Parameter entry: What ended it.
    init(_ entry: Entry) {
        self.init(
            phase: HoldPhase(ending: entry.kind),
            settled: entry.amount.negated,
            amount: entry.held.negated,
            expiresAt: entry.expiresAt ?? .distantPast
        )
    }
}
