import Foundation
import Kernel
import Postgres
import RPC

/// Commands that are decided and written together.
struct Batch {
    let lane: Int16
    private(set) var pending: [PendingCommand]
    /// The accounts of the commands, as far as there are such accounts.
    var books: [UUID: AccountBook] = [:]
    /// Holds of the commands that are not open.
    var ended: [UUID: EndedHold] = [:]
    /// Accounts whose overdue holds must be known.
    var incomplete: Set<UUID> = []
    /// The codes that the commands redeem.
    var promotions: [PromotionCode: Promotion] = [:]
    /// How often somebody else was faster with a code.
    private var overtakings = 0
    /// Most of them before the commands are tried one by one, and each one fails.
    private static let overtakingLimit = 8

    init(_ pending: [PendingCommand], lane: Int16) {
        self.pending = pending
        self.lane = lane
    }

    /// Decides, writes and answers.
    ///
    /// - Returns: Commands that must be tried again, on another connection if this one is broken.
    mutating func run(on connection: borrowing Connection, _ memory: inout LaneMemory) -> [PendingCommand] {
        while !self.pending.isEmpty {
            self.answerRepeats(memory)
            guard !self.pending.isEmpty else { break }
            do {
                try self.attempt(on: connection, &memory)
            } catch {
                memory.forgetAccounts()
                self.books = [:]
                guard let error = error as? PostgresError else {
                    self.failAll(PostgresError(.decoding, "\(error)"))
                    return []
                }
                if error.sqlState == "LG001" {
                    // A hold ran out while its number was waited for: the next decision knows.
                } else if error.isOvertakenRedemption, self.overtakings < Self.overtakingLimit {
                    // The codes are read again, and the decision says who gets nothing.
                    self.overtakings += 1
                } else if error.violatesConstraint {
                    self.sort(out: error, on: connection, &memory)
                } else if error.isTransient {
                    self.postpone(error, connection.isBroken)
                    return self.pending
                } else {
                    self.failAll(error)
                }
            }
        }
        return []
    }

    /// Decides on what is known, writes it and answers. Nothing is written when something has changed or more must be known;
    /// then the next attempt knows.
    private mutating func attempt(
        on connection: borrowing Connection,
        _ memory: inout LaneMemory
    ) throws {
        try self.load(on: connection, &memory)
        self.answerRepeats(memory)
        guard let head = memory.head, !self.pending.isEmpty else { return }
        var draft = Draft(
            self.pending.map(\.command),
            taking: &self.books,
            ended: self.ended,
            promotions: self.promotions,
            now: memory.now
        )
        guard draft.incomplete.isSubset(of: self.incomplete) else {
            self.incomplete.formUnion(draft.incomplete)
            return
        }
        let (now, posted) = try draft.write(on: connection, lane: self.lane, head: head)
        memory.saw(now)
        guard posted != nil else {
            if draft.window.contains(now) { memory.forgetAccounts() }
            return
        }
        if !draft.entries.isEmpty { memory.head = head + 1 }
        draft.stamp(now)
        // Answers come first: while the lane takes notes, callers send what the next posting will hold.
        self.pending = zip(self.pending, draft.answers).compactMap { pending, answer in
            guard let answer else { return pending }
            pending.answer(answer)
            return nil
        }
        draft.remember(&memory)
    }

    /// Answers those that were answered before.
    private mutating func answerRepeats(_ memory: LaneMemory) {
        self.pending.removeAll { pending in
            guard let answer = memory.answer(to: pending.command.id) else { return false }
            pending.answer(answer.result(for: pending.command))
            return true
        }
    }

    /// A constraint did not hold: some command has its answer already, or cannot be written at all. Nobody else suffers.
    private mutating func sort(
        out error: PostgresError,
        on connection: borrowing Connection,
        _ memory: inout LaneMemory
    ) {
        do {
            let before = self.pending.count
            try self.loadAnswers(on: connection, &memory)
            self.answerRepeats(memory)
            guard self.pending.count == before else { return }
        } catch {
            return self.postpone(error as? PostgresError ?? PostgresError(.decoding, "\(error)"), connection.isBroken)
        }
        guard self.pending.count > 1 else { return self.failAll(error) }
        var left: [PendingCommand] = []
        for pending in self.pending {
            var single = Batch([pending], lane: self.lane)
            left += single.run(on: connection, &memory)
        }
        self.pending = left
    }

    /// Keeps those whose time has not run out for another try.
    private mutating func postpone(_ error: PostgresError, _ isBroken: Bool) {
        let now = ContinuousClock.now
        self.pending = self.pending.compactMap { pending in
            guard now < pending.deadline else {
                pending.fail(error)
                return nil
            }
            var pending = pending
            pending.wasTried = pending.wasTried || error.mayHaveExecuted
            return pending
        }
        // The server is there but cannot: not as fast as it refuses.
        if !isBroken, !self.pending.isEmpty { Thread.sleep(forTimeInterval: 0.02) }
    }

    private mutating func failAll(_ error: PostgresError) {
        for pending in self.pending { pending.fail(error) }
        self.pending = []
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

extension PostgresError {
    /// Class 23: what was to be written contradicts what is there.
    fileprivate var violatesConstraint: Bool { self.kind == .server && self.sqlState.hasPrefix("23") }
}
