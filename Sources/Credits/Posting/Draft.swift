import Foundation
import Kernel
import RPC

/// What a batch of commands comes to, decided but not yet written.
struct Draft {
    /// Ascending by account and version, as they are hashed and written.
    private(set) var entries: [Entry] = []
    private(set) var refusals: [(id: UUID, digest: UUID?, status: Status)] = []
    /// When the decisions are right.
    private(set) var window = LedgerWindow()

    private enum Outcome {
        /// The number of the entry that answers the command.
        case entry(Int)
        case refusal(Status)
    }

    /// `nil` for a command that must wait until what is decided here is written.
    private var outcomes: [Outcome?]
    private var books: [UUID: AccountBook]
    /// Holds that are placed or extended here: when they expire is decided while they are written.
    private var fresh: Set<UUID> = []
    /// Accounts whose overdue holds were to be freed, although some of their open holds are not known.
    private(set) var incomplete: Set<UUID> = []
    /// As the redemptions before have left them.
    private var promotions: [PromotionCode: Promotion]

    /// Decides on commands, those of one account in their order. An account that is not among the books does not exist.
    ///
    /// The books are taken away: a second reference to them, even one that is never used again, would have every account
    /// copied with all its holds.
    init(
        _ commands: [LedgerCommand],
        taking books: inout [UUID: AccountBook],
        ended: [UUID: EndedHold] = [:],
        promotions: [PromotionCode: Promotion] = [:],
        now: LedgerTime
    ) {
        self.books = [:]
        self.promotions = promotions
        self.outcomes = Array(repeating: nil, count: commands.count)
        self.entries.reserveCapacity(commands.count)
        swap(&self.books, &books)
        var first = [UUID: Int](minimumCapacity: commands.count)
        for number in commands.byAccount {
            let command = commands[number]
            if let earlier = first[command.id] {
                let isSame = commands[earlier].digest == command.digest
                self.outcomes[number] = isSame ? self.outcomes[earlier] : .refusal(.requestIDReused)
            } else {
                first[command.id] = number
                self.outcomes[number] = self.decide(command, ended, now)
            }
        }
    }

    private mutating func decide(
        _ command: LedgerCommand,
        _ ended: [UUID: EndedHold],
        _ now: LedgerTime
    ) -> Outcome? {
        if let hold = command.hold, self.fresh.contains(hold) { return nil }
        guard var book = self.books.removeValue(forKey: command.account) else {
            return self.refuse(command, .noAccount(command.account))
        }
        let ended = command.hold.flatMap { book.holds[$0] == nil ? ended[$0] ?? self.end(of: $0) : nil }
        let gift = self.gift(of: command, now)
        let decision = book.decide(command, ended: ended, gift: gift, now: now, window: &self.window)
        self.books[command.account] = book
        self.entries += decision.entries
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

    /// How a hold has ended that a command before this one in the batch has ended.
    private func end(of hold: UUID) -> EndedHold? {
        self.entries.last { $0.hold == hold && $0.step == 0 }.map(EndedHold.init)
    }
}

// MARK: - Once it is written

extension Draft {
    /// Fixes what the database has decided.
    mutating func stamp(_ now: LedgerTime) {
        for index in self.entries.indices {
            self.entries[index].stamp(now)
            if self.entries[index].lifetime != nil {
                self.books[self.entries[index].account]?.correct(self.entries[index])
            }
        }
    }

    /// Puts accounts and answers into the memory.
    func remember(_ memory: inout LaneMemory) {
        for book in self.books.values { memory.put(book) }
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
}

extension [LedgerCommand] {
    /// The numbers of the commands in the order of their accounts, which is that of `uuid` in Postgres.
    fileprivate var byAccount: [Int] {
        self.indices
            .map { (account: self[$0].account.halves, number: $0) }
            .sorted { ($0.account.0, $0.account.1, $0.number) < ($1.account.0, $1.account.1, $1.number) }
            .map(\.number)
    }
}

extension UUID {
    /// Both halves as numbers, which sort as the bytes do.
    fileprivate var halves: (UInt64, UInt64) {
        withUnsafeBytes(of: self.uuid) { bytes in
            (
                bytes.loadUnaligned(as: UInt64.self).bigEndian,
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian
            )
        }
    }
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
