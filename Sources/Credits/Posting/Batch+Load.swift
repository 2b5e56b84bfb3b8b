import Foundation
import Postgres

// The head is read before anything else: what changes after it moves it, and then nothing is written.
extension Batch {
    /// Reads what the commands need and the memory does not have.
    mutating func load(on connection: borrowing Connection, _ memory: inout LaneMemory) throws {
        if memory.head == nil {
            let found = try connection.first(readHead, [.text("ledger:\(self.lane)")]) { row in
                (head: try row.int(0), now: LedgerTime(microseconds: try row.int(1)))
            }
            memory.head = found?.head
            if let now = found?.now { memory.saw(now) }
        }
        let unknown = Set(self.pending.map(\.command.account)).filter { !memory.knows($0) }
        if !unknown.isEmpty { try self.loadAccounts(Array(unknown), on: connection, &memory) }
        try self.loadOverdueHolds(on: connection, &memory)
        try self.loadPromotions(on: connection)
        let holds = self.pending.compactMap { pending in
            pending.command.hold.flatMap { memory.hasOpen($0, of: pending.command.account) ? nil : $0 }
        }
        guard !holds.isEmpty else { return }
        try self.loadHolds(holds, on: connection, &memory)
        // What names a hold that has ended is often the repeat of what ended it.
        try self.loadAnswers(on: connection, &memory)
    }

    private func loadAccounts(
        _ accounts: [UUID],
        on connection: borrowing Connection,
        _ memory: inout LaneMemory
    ) throws {
        let states = try connection.rows(AccountBook.read, [.uuids(accounts)]) { row in try AccountBook(row) }
        for book in states { memory.put(book) }
        let holding = states.filter { $0.state.held > .zero }.map(\.account)
        guard !holding.isEmpty else { return }
        for hold in try connection.rows(StoredHold.readOpen, [.uuids(holding)], StoredHold.init) {
            memory.learn(hold)
        }
    }

    /// Frees who would be refused for holds that are over and that the memory does not have.
    private func loadOverdueHolds(on connection: borrowing Connection, _ memory: inout LaneMemory) throws {
        guard !self.incomplete.isEmpty else { return }
        for hold in try connection.rows(readOverdueHolds, [.uuids(Array(self.incomplete))], StoredHold.init) {
            memory.learn(hold)
        }
    }

    private mutating func loadHolds(
        _ holds: [UUID],
        on connection: borrowing Connection,
        _ memory: inout LaneMemory
    ) throws {
        for hold in try connection.rows(readHolds, [.uuids(holds)], StoredHold.init) {
            if let end = hold.end { self.ended[hold.id] = end } else { memory.learn(hold) }
        }
    }

    /// Reads which of the commands were answered before.
    func loadAnswers(on connection: borrowing Connection, _ memory: inout LaneMemory) throws {
        let ids = Parameter.uuids(self.pending.map(\.command.id))
        for entry in try connection.rows(Entry.read("id = ANY ($1::uuid[])"), [ids], { row in try Entry(row) }) {
            memory.remember(.posted(entry), for: entry.id)
        }
        for refusal in try connection.rows(StoredRefusal.read, [ids], StoredRefusal.init) {
            memory.remember(.refused(digest: refusal.digest, refusal.status), for: refusal.id)
        }
    }
}

extension LaneMemory {
    /// Whether a hold is known to be open.
    func hasOpen(_ hold: UUID, of account: UUID) -> Bool { self.book(of: account)?.holds[hold] != nil }

    /// Adds an open hold to its account, if that is known.
    mutating func learn(_ hold: StoredHold) {
        guard var book = self.take(hold.account) else { return }
        book.learn(hold.id, hold.open)
        self.put(book)
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

// What the sweeper has not got to yet.
private let readOverdueHolds = StoredHold.read(
    """
    (SELECT DISTINCT listed.hold FROM hold_due d, unnest(d.accounts, d.holds) listed (account, hold)
     WHERE d.due <= ledger_clock() AND listed.account = ANY ($1::uuid[])) due
    JOIN entry h ON h.id = due.hold AND h.kind = 6
    """,
    where: "e.kind IS NULL"
)
