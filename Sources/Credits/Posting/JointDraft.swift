import Foundation
import Kernel
import Postgres
import RPC

/// Commands that are decided on together, and written in one transaction or not at all.
struct JointDraft: ~Copyable {
    /// Most entries of one posting. Readers of the journal take some dozens of postings at once.
    private static let postingLimit = 1000

    private var draft: Draft
    private let laneCount: Int

    /// Decides on commands in their order, as the ledger is in the transaction's eyes. No two may have the same id, and none
    /// may have been carried out before.
    ///
    /// `excludesOthers` keeps everybody else from writing the same lanes until the transaction ends, by the locks that
    /// `ledger_post` takes shared.
    init(_ commands: [LedgerCommand], in transaction: borrowing Transaction, excludesOthers: Bool) throws {
        let lanes = Int(try transaction.first(readLanes) { row in try row.int(0) } ?? 1)
        let accounts = Set(commands.map(\.account))
        if excludesOthers {
            // What comes from the disk comes before anybody has to wait.
            _ = try transaction.books(of: accounts)
            for lane in Set(accounts.map { $0.lane(among: lanes) }).sorted() {
                try transaction.run(lockLane, [.int(Int64(lane))])
            }
        }
        // A statement of its own: it sees what was committed before the locks were ours.
        let now = try transaction.first(readClock) { row in LedgerTime(microseconds: try row.int(0)) } ?? .distantPast
        let stored = try transaction.books(of: accounts)
        var draft = Draft(commands, stored, now: now)
        if !draft.incomplete.isEmpty {
            let unknown = Parameter.uuids(Array(draft.incomplete))
            let overdue = try transaction.rows(StoredHold.readOverdue, [unknown], StoredHold.init)
            draft = Draft(commands, stored, overdue, now: now)
        }
        self.draft = draft
        self.laneCount = lanes
    }

    /// What each command comes to, in their order.
    func results() -> [Result<Entry, Status>] {
        // What waits for another draft are commands about holds that this one places.
        self.draft.answers.map { $0 ?? .failure(Status(.internal, "A command was not decided.")) }
    }

    /// Writes the entries as postings of their lanes, which nobody else may write meanwhile. Those of refused commands are
    /// not there. `report` is told how many are written so far.
    ///
    /// - Throws: `PostgresError` that is transient when a posting does not fit after all.
    func write(in transaction: borrowing Transaction, report: (Int) -> Void) throws {
        var written = 0
        let lanes = Dictionary(grouping: self.draft.entries) { $0.account.lane(among: self.laneCount) }
        for (lane, entries) in lanes.sorted(by: { $0.key < $1.key }) {
            let stream = "ledger:\(lane)"
            var head = try transaction.first(readHead, [.text(stream)]) { row in try row.int(0) } ?? 0
            for start in stride(from: 0, to: entries.count, by: Self.postingLimit) {
                let share = entries[start..<min(start + Self.postingLimit, entries.count)]
                let posted = try transaction.first(
                    append,
                    [.text(stream), .int(head)] + EntryColumns(share).parameters + self.draft.window.parameters
                ) { row in try row.optionalInt(0) }
                guard posted != .some(nil) else {
                    throw PostgresError(.server, "the ledger has changed under the lock of its lane", sqlState: "40001")
                }
                head += 1
                written += share.count
                report(written)
            }
        }
    }
}

extension Draft {
    fileprivate init(
        _ commands: [LedgerCommand],
        _ accounts: [StoredAccount],
        _ overdue: [StoredHold] = [],
        now: LedgerTime
    ) {
        self.init()
        self.reserve(commands.count)
        for account in accounts { self.learn(account) }
        for hold in overdue { self.learn(hold) }
        for command in commands { self.decide(command, now: now) }
    }
}

extension Transaction {
    /// Accounts with their open holds; none for those that do not exist.
    fileprivate borrowing func books(of accounts: Set<UUID>) throws -> [StoredAccount] {
        try self.rows(StoredAccount.read, [.uuids(Array(accounts))], StoredAccount.init)
    }
}

private let readLanes = Statement("SELECT lanes FROM ledger_setting")

private let lockLane = Statement("SELECT pg_advisory_xact_lock(1817403237, $1::integer)")

private let readClock = Statement("SELECT ledger_micros(ledger_clock())")

private let readHead = Statement(
    "SELECT stream_version FROM journal WHERE stream = $1 ORDER BY stream_version DESC LIMIT 1"
)

private let append = Statement(
    """
    SELECT posted FROM ledger_append(
        $1, $2::bigint, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
        $25::bigint, $26::bigint
    )
    """
)
