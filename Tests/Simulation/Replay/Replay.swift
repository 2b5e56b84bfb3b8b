import Foundation

/// Looks for an order of the clients' commands that explains all they were told: that of the versions in which the ledger
/// has written them down. Carries them out once more by the oracle's rules and compares.
package struct Replay: Sendable {
    /// Those that may have had an effect.
    let attempts: [Attempt]
    let recorded: Recorded
    let times: @Sendable (ClosedRange<Int>) -> [Int64]
    /// What it found wrong.
    package private(set) var findings: [String] = []
    /// The ledger as it must be afterwards.
    package private(set) var oracle = Oracle()
    /// Attempts by what the ledger names the command by.
    private let byName: [Name: [Attempt]]
    /// Whose credits the holds reserve that were ever placed.
    private let holders: [UUID: UUID]

    private struct Name: Hashable {
        let id: UUID
        let digest: UUID?
    }

    /// Compares.
    ///
    /// - Parameters:
    ///   - attempts: All that was sent.
    ///   - recorded: All that was written.
    ///   - times: The times of the ledger's clock with these numbers.
    package init(
        of attempts: [Attempt],
        and recorded: Recorded,
        times: @escaping @Sendable (ClosedRange<Int>) -> [Int64]
    ) {
        self.attempts = attempts.filter { !$0.missedItsHold }
        self.recorded = recorded
        self.times = times
        self.byName = Dictionary(grouping: self.attempts.filter { $0.command.flaw == nil }) {
            Name(id: $0.command.recordedID, digest: $0.command.digest)
        }
        let placed = recorded.entries.filter { $0.kind == .holdPlaced }
        self.holders = Dictionary(placed.map { ($0.id, $0.account) }) { $1 }
        self.replayEntries()
        self.checkAcknowledged()
        self.checkRepeats()
        self.checkMissingHolds(attempts.filter(\.missedItsHold))
    }

    /// The command that an entry stands for.
    private func attempts(behind entry: Recorded.Entry) -> [Attempt] {
        self.byName[Name(id: entry.id, digest: entry.digest)] ?? []
    }
}

extension Replay {
    private mutating func replayEntries() {
        let refused = Dictionary(grouping: self.attempts.filter { $0.command.flaw == nil }, by: \.command)
            .compactMap { RefusedCommand($0.value) }
        let byAccount = Dictionary(grouping: refused) { self.account(of: $0.command) }
        for (account, entries) in Dictionary(grouping: self.recorded.entries, by: \.account) {
            let attempts = entries.map { self.attempts(behind: $0) }
            let spans = attempts.map { attempts in Span(of: attempts) }
            self.findings += Span.disorder(in: spans).map { "\(entries[$0]) was written after what began later" }
            var refusals = RefusalsToJustify(byAccount[account] ?? [], among: spans)
            for (index, entry) in entries.enumerated() {
                if entry.version != Int64(index + 1) { self.findings.append("a gap before \(entry)") }
                self.replay(entry)
                refusals.justify(at: index) { self.isJust($0) }
            }
            self.findings += refusals.unjustified.map { "nothing justifies \($0)" }
        }
        let accounts = Set(self.recorded.entries.map(\.account))
        for (account, refused) in byAccount where account.map({ !accounts.contains($0) }) ?? true {
            self.findings += refused.filter { !self.isJust($0) }.map { "nothing justifies \($0)" }
        }
    }

    /// Whether the command would be refused like that now.
    private func isJust(_ refused: RefusedCommand) -> Bool {
        self.times(refused.times).contains {
            self.oracle.decide(refused.command, at: $0).answer == .refused(refused.refusal)
        }
    }

    private mutating func replay(_ entry: Recorded.Entry) {
        switch entry.kind {
        case .initial: self.oracle.openAccount(of: entry.account)
        case .holdExpired:
            let isDue = entry.hold.map { self.oracle.expire($0, at: entry.at) } ?? false
            if !isDue { self.findings.append("no hold had run out for \(entry)") }
        case .lateSettlement:
            let isKnown = self.attempts.contains { $0.command.digest == entry.digest }
            if !isKnown { self.findings.append("nobody asked for \(entry)") }
        default:
            let attempts = self.attempts(behind: entry)
            guard let command = attempts.first?.command else {
                self.findings.append("nobody asked for \(entry)")
                return
            }
            let answer = self.oracle.perform(command, at: entry.at)
            for attempt in attempts where attempt.answer != nil && attempt.answer != answer {
                self.findings.append("\(attempt) should have been answered \(answer)")
            }
        }
        guard let view = self.oracle.view(of: entry.account) else { return }
        if (view.balance, view.held) != (entry.balanceAfter, entry.heldAfter) {
            self.findings.append("\(view) after \(entry)")
        }
    }

    /// Every answer that is good for ever is written down, and only once: the ids are unique in each table.
    private mutating func checkAcknowledged() {
        let written = Set(self.recorded.entries.map { Name(id: $0.id, digest: $0.digest) })
        if written.count != self.recorded.entries.count { self.findings.append("commands were written twice") }
        for attempt in self.attempts where attempt.command.flaw == nil {
            let name = Name(id: attempt.command.recordedID, digest: attempt.command.digest)
            let isRefused = self.recorded.refusals[name.id] == name.digest
            let isRight =
                switch attempt.answer {
                case nil: !(isRefused && written.contains(name))
                case .refused(.reuse): !isRefused && !written.contains(name)
                case .refused: isRefused && !written.contains(name)
                case .hold, .balance: !isRefused && written.contains(name)
                }
            if !isRight { self.findings.append("\(attempt) is not written down as answered") }
        }
    }

    /// Equal commands have equal answers, and a request id is good for one effect only. Of two commands that came with it at
    /// the same moment, about accounts of different lanes, the other one may be refused for a reason of its own.
    private mutating func checkRepeats() {
        for attempts in Dictionary(grouping: self.attempts, by: \.command).values {
            let answers = Set(attempts.compactMap(\.answer))
            if answers.count > 1 { self.findings.append("\(attempts[0].command) has several answers: \(answers)") }
        }
        let valid = self.attempts.filter { $0.command.flaw == nil }
        for attempts in Dictionary(grouping: valid, by: { $0.command.key }).values {
            let done = Set(attempts.filter { $0.answer?.isRefusal == false }.map(\.command))
            let hasRival = Set(attempts.map(\.command)).count > 1
            if done.count > 1 { self.findings.append("one request id was good for several commands: \(done)") }
            if !hasRival, attempts.contains(where: { $0.answer == .refused(.reuse) }) {
                self.findings.append("\(attempts[0].command) is called a misuse of its request id")
            }
        }
    }

    /// Nobody is told that a hold does not exist who asked after its placing was answered.
    private mutating func checkMissingHolds(_ missing: [Attempt]) {
        let placed = self.attempts.filter { $0.command.action.hold == nil && $0.answer?.isRefusal == false }
        let placings = Dictionary(grouping: placed, by: \.command.recordedID)
        for attempt in missing {
            let end = attempt.command.action.hold.flatMap { placings[$0] }?.compactMap(\.ended).min() ?? .max
            if end < attempt.began { self.findings.append("\(attempt) found no hold") }
        }
    }

    /// Whose state decides over a command; nil when nobody's does.
    private func account(of command: Command) -> UUID? {
        switch command.action {
        case .place(let user, _, _), .adjust(let user, _), .deduct(let user, _): user
        case .settle(let hold, _, _), .release(let hold), .extend(let hold, _): self.holders[hold]
        }
    }
}
