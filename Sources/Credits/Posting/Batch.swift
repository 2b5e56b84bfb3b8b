import Foundation
import Kernel
import Postgres
import RPC

/// Commands that are decided and written together.
struct Batch {
    let lane: Int16
    var pending: [PendingCommand] = []
    /// What the first of them come to.
    var draft = Draft()
    private var decidedCount = 0
    /// The draft's entries, as far as they are encoded.
    private var columns = EntryColumns()
    /// Holds of the commands that are not open.
    var ended: [UUID: EndedHold] = [:]
    /// Accounts whose overdue holds must be known.
    var incomplete: Set<UUID> = []
    /// How often somebody else was faster with a code.
    var overtakings = 0
    /// Whether the database has to be given time.
    var isPostponed = false

    init(_ pending: [PendingCommand], lane: Int16) {
        self.pending = pending
        self.lane = lane
    }

    var undecided: ArraySlice<PendingCommand> { self.pending[self.decidedCount...] }

    mutating func append(_ commands: some Collection<PendingCommand>) { self.pending += commands }
}

// MARK: - Ahead of the batch before

extension Batch {
    /// Decides on the first commands while another batch is being written, as if it were already, and stops at one that this
    /// must be known for, or more than the memory has.
    mutating func decideAhead(of flight: inout Draft, _ memory: inout LaneMemory) {
        self.answerRepeats(memory)
        let now = memory.now
        self.draft.reserve(self.undecided.count)
        while let next = self.undecided.first, self.draft.decide(next.command, during: &flight, &memory, now: now) {
            self.decidedCount += 1
        }
        self.encode()
    }

    private mutating func encode() {
        for entry in self.draft.entries[self.columns.count...] { self.columns.append(entry) }
    }

    /// Decides anew.
    private mutating func forgetDecisions() {
        self.draft = Draft()
        self.decidedCount = 0
        self.columns = EntryColumns()
    }
}

// MARK: - Writing

extension Batch {
    /// Decides, writes and answers.
    ///
    /// - Parameters:
    ///   - connection: The lane's.
    ///   - memory: The lane's.
    ///   - debt: What the batch before owes its callers: given while this one is written, or earlier if more must be read.
    ///   - meanwhile: Runs while the commands are written, with what they come to.
    /// - Returns: What was written, still to be answered. `nil` if it was not written at once: then all that could be are
    ///   answered, the others must be tried again, on another connection if this one is broken, and what was decided
    ///   meanwhile is void.
    mutating func run(
        on connection: borrowing Connection,
        _ memory: inout LaneMemory,
        debt: inout WrittenBatch?,
        meanwhile: (inout Draft, inout LaneMemory) -> Void
    ) -> WrittenBatch? {
        if let written = self.tryOnce(on: connection, &memory, &debt, meanwhile) { return written }
        debt.settle(&memory)
        self.runAlone(on: connection, &memory)
        return nil
    }

    /// Tries until all are answered but those that are left.
    mutating func runAlone(on connection: borrowing Connection, _ memory: inout LaneMemory) {
        var nothing: WrittenBatch?
        while !self.pending.isEmpty, !self.isPostponed {
            var written = self.tryOnce(on: connection, &memory, &nothing) { _, _ in }
            guard let left = written?.left else { continue }
            written.settle(&memory)
            self.pending = left
            self.forgetDecisions()
        }
    }

    private mutating func tryOnce(
        on connection: borrowing Connection,
        _ memory: inout LaneMemory,
        _ debt: inout WrittenBatch?,
        _ meanwhile: (inout Draft, inout LaneMemory) -> Void
    ) -> WrittenBatch? {
        do {
            return try self.attempt(on: connection, &memory, &debt, meanwhile)
        } catch {
            memory.forgetAccounts()
            self.forgetDecisions()
            self.recover(from: error, on: connection, &memory)
            return nil
        }
    }

    /// Decides on what is known and writes it. Nothing is written when something has changed or more must be known; then the
    /// next attempt knows.
    private mutating func attempt(
        on connection: borrowing Connection,
        _ memory: inout LaneMemory,
        _ debt: inout WrittenBatch?,
        _ meanwhile: (inout Draft, inout LaneMemory) -> Void
    ) throws -> WrittenBatch? {
        if self.undecided.contains(where: { debt?.draft.decides($0.command.id) == true }) { debt.settle(&memory) }
        self.answerRepeats(memory)
        guard !self.pending.isEmpty else { return nil }
        try self.load(on: connection, &memory, &debt)
        self.answerRepeats(memory)
        guard let head = memory.head, !self.pending.isEmpty else { return nil }
        self.decide(now: memory.now)
        guard self.draft.incomplete.isSubset(of: self.incomplete) else {
            self.incomplete.formUnion(self.draft.incomplete)
            self.forgetDecisions()
            return nil
        }
        self.encode()
        let (now, posted) = try self.draft.write(
            self.columns,
            on: connection,
            lane: self.lane,
            head: head
        ) { draft in
            debt.settle(&memory)
            meanwhile(&draft, &memory)
        }
        memory.saw(now)
        guard posted != nil else {
            if self.draft.window.contains(now) { memory.forgetAccounts() }
            self.forgetDecisions()
            return nil
        }
        if !self.draft.entries.isEmpty { memory.head = head + 1 }
        self.draft.stamp(now)
        self.draft.returnBooks(to: &memory)
        return WrittenBatch(pending: self.pending, draft: self.draft)
    }

    private mutating func decide(now: LedgerTime) {
        self.draft.reserve(self.undecided.count)
        for pending in self.undecided { self.draft.decide(pending.command, ended: self.ended, now: now) }
        self.decidedCount = self.pending.count
    }

    /// Answers those that were answered before.
    mutating func answerRepeats(_ memory: LaneMemory) {
        let decided = self.decidedCount
        guard self.undecided.contains(where: { memory.answer(to: $0.command.id) != nil }) else { return }
        let left = self.undecided.filter { pending in
            guard let answer = memory.answer(to: pending.command.id) else { return true }
            pending.answer(answer.result(for: pending.command))
            return false
        }
        self.pending.replaceSubrange(decided..., with: left)
    }
}

extension LaneMemory.Answer {
    /// What a repeat gets.
    func result(for command: LedgerCommand) -> Result<Entry, Status> {
        switch self {
        case .posted(let entry):
            entry.digest == command.digest ? .success(entry) : .failure(.requestIDReused)
        case .refused(let digest, let status):
            .failure(digest == command.digest ? status : .requestIDReused)
        }
    }
}
