import Foundation
import Kernel
import RPC

/// What a batch of commands comes to, decided but not yet written.
struct Draft {
    /// Ascending by account and version once they are written.
    private(set) var entries: [Entry] = []
    private(set) var refusals: [(id: UUID, digest: UUID?, status: Status)] = []
    /// When the decisions are right.
    private(set) var window = LedgerWindow()

    private enum Outcome {
        case entry(UUID)
        case refusal(Status)
    }

    private let commands: [LedgerCommand]
    private var outcomes: [Outcome] = []
    private var books: [UUID: AccountBook] = [:]
    /// The answers of this draft, for commands that are in it twice.
    private var answers: [UUID: LaneMemory.Answer] = [:]

    /// Decides on commands in their order. The accounts are taken out of the memory.
    init(_ commands: [LedgerCommand], ended: [UUID: EndedHold], _ memory: inout LaneMemory) {
        self.commands = commands
        self.entries.reserveCapacity(commands.count)
        self.outcomes.reserveCapacity(commands.count)
        let now = memory.now
        for command in commands {
            if let earlier = self.answers[command.id] {
                self.outcomes.append(Self.outcome(earlier.result(for: command), command))
                continue
            }
            self.outcomes.append(self.decide(command, ended, now, &memory))
        }
    }

    private mutating func decide(
        _ command: LedgerCommand,
        _ ended: [UUID: EndedHold],
        _ now: LedgerTime,
        _ memory: inout LaneMemory
    ) -> Outcome {
        guard var book = self.books.removeValue(forKey: command.account) ?? memory.take(command.account) else {
            return self.refuse(command, .noAccount(command.account))
        }
        let ended = command.hold.flatMap { book.holds[$0] == nil ? ended[$0] ?? self.end(of: $0) : nil }
        let decision = book.decide(command, ended: ended, now: now, window: &self.window)
        self.books[command.account] = book
        self.entries += decision.entries
        if let refusal = decision.refusal { return self.refuse(command, refusal) }
        if let answer = decision.entries.last { self.answers[command.id] = .posted(answer) }
        return .entry(command.id)
    }

    private mutating func refuse(_ command: LedgerCommand, _ refusal: LedgerRefusal) -> Outcome {
        let status = Status(refusal)
        self.refusals.append((command.id, command.digest, status))
        if let digest = command.digest { self.answers[command.id] = .refused(digest: digest, status) }
        return .refusal(status)
    }

    /// How a hold has ended that a command before this one in the batch has ended.
    private func end(of hold: UUID) -> EndedHold? {
        self.entries.last { $0.hold == hold && $0.step == 0 }.map(EndedHold.init)
    }

    private static func outcome(_ result: Result<Entry, Status>, _ command: LedgerCommand) -> Outcome {
        switch result {
        case .success: .entry(command.id)
        case .failure(let status): .refusal(status)
        }
    }
}

// MARK: - Once it is written

extension Draft {
    /// Brings the entries into the order in which they are hashed and written.
    mutating func sort() {
        self.entries.sort { left, right in
            left.account == right.account ? left.version < right.version : left.account.precedes(right.account)
        }
    }

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
    ///
    /// - Returns: What each command is answered, in their order.
    func remember(_ memory: inout LaneMemory) -> [Result<Entry, Status>] {
        for book in self.books.values { memory.put(book) }
        var written: [UUID: Entry] = [:]
        written.reserveCapacity(self.entries.count)
        for entry in self.entries {
            written[entry.id] = entry
            memory.remember(.posted(entry), for: entry.id)
        }
        for case (let id, let digest?, let status) in self.refusals {
            memory.remember(.refused(digest: digest, status), for: id)
        }
        return self.outcomes.map { outcome in
            switch outcome {
            case .refusal(let status): .failure(status)
            case .entry(let id):
                written[id].map { .success($0) } ?? .failure(Status(.internal, "The entry \(id) was not written."))
            }
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

extension UUID {
    /// The order of `uuid` in Postgres: byte by byte.
    func precedes(_ other: UUID) -> Bool {
        let (left, right) = (self.halves, other.halves)
        return left.0 == right.0 ? left.1 < right.1 : left.0 < right.0
    }

    private var halves: (UInt64, UInt64) {
        withUnsafeBytes(of: self.uuid) { bytes in
            (
                bytes.loadUnaligned(as: UInt64.self).bigEndian,
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian
            )
        }
    }
}
