import Foundation
import Postgres

// The head is read before anything else: what changes after it moves it, and then nothing is written.
extension Batch {
    /// Reads what the commands need and the memory does not have. If that takes the database, `debt` is settled before.
    mutating func load(
        on connection: borrowing Connection,
        _ memory: inout LaneMemory,
        _ debt: inout WrittenBatch?
    ) throws {
        let unknown = self.takeBooks(from: &memory)
        let isFinding = self.undecided.contains { pending in
            pending.command.code != nil
                || pending.command.hold.map { !self.draft.knows(hold: $0, of: pending.command.account) } == true
        }
        guard memory.head == nil || !unknown.isEmpty || !self.incomplete.isEmpty || isFinding else { return }
        debt.settle(&memory)
        if memory.head == nil {
            let found = try connection.first(readHead, [.text("ledger:\(self.lane)")]) { row in
                (head: try row.int(0), now: LedgerTime(microseconds: try row.int(1)))
            }
            memory.head = found?.head
            if let now = found?.now { memory.saw(now) }
        }
        if !unknown.isEmpty {
            let accounts = Parameter.uuids(Array(unknown))
            let stored = try connection.rows(StoredAccount.read, [accounts], StoredAccount.init)
            for account in stored { self.draft.learn(account) }
        }
        try self.loadOverdueHolds(on: connection)
        try self.loadPromotions(on: connection)
        let holds = self.undecided.compactMap { pending -> UUID? in
            guard let hold = pending.command.hold else { return nil }
            return self.draft.knows(hold: hold, of: pending.command.account) ? nil : hold
        }
        guard !holds.isEmpty else { return }
        try self.loadHolds(holds, on: connection)
        // What names a hold that has ended is often the repeat of what ended it.
        try self.loadAnswers(on: connection, &memory)
    }

    /// Takes the accounts out of the memory.
    ///
    /// - Returns: Those that it does not have.
    private mutating func takeBooks(from memory: inout LaneMemory) -> Set<UUID> {
        var unknown: Set<UUID> = []
        for account in self.undecided.lazy.map(\.command.account) where !self.draft.knows(account) {
            if let book = memory.take(account) { self.draft.learn(book) } else { unknown.insert(account) }
        }
        return unknown
    }

    /// Frees who would be refused for holds that are over and that are not known.
    private mutating func loadOverdueHolds(on connection: borrowing Connection) throws {
        guard !self.incomplete.isEmpty else { return }
        let accounts = Parameter.uuids(Array(self.incomplete))
        self.learn(try connection.rows(StoredHold.readOverdue, [accounts], StoredHold.init))
    }

    private mutating func loadHolds(_ holds: [UUID], on connection: borrowing Connection) throws {
        self.learn(try connection.rows(readHolds, [.uuids(holds)], StoredHold.init))
    }

    private mutating func learn(_ holds: [StoredHold]) {
        for hold in holds {
            if let end = hold.end { self.ended[hold.id] = end } else { self.draft.learn(hold) }
        }
    }

    /// Reads which of the commands were answered before.
    func loadAnswers(on connection: borrowing Connection, _ memory: inout LaneMemory) throws {
        let commands = self.undecided.map(\.command)
        let ids = Parameter.uuids(commands.map(\.id))
        let answers = StoredAnswers(
            entries: try connection.rows(StoredAnswers.readEntries, [ids]) { row in try Entry(row) },
            refusals: try connection.rows(StoredRefusal.read, [ids], StoredRefusal.init)
        )
        for command in commands {
            if let answer = answers[command] { memory.remember(answer, for: command.id) }
        }
    }
}

private let readHead = Statement(
    """
    SELECT coalesce((SELECT stream_version FROM journal WHERE stream = $1 ORDER BY stream_version DESC LIMIT 1), 0),
        ledger_micros(ledger_clock())
    """
)

private let readHolds = StoredHold.read(
    "unnest($1::uuid[]) wanted (id) JOIN entry h ON h.id = wanted.id AND h.kind = 6"
)
