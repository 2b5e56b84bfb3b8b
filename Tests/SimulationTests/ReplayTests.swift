import Foundation
import Simulation
import Testing

/// The judge is judged: each test falsifies one thing of a history that is right.
@Suite struct ReplayTests {
    @Test func `a history that is right is explained`() {
        var history = History()
        history.give(5)
        history.give(7, isAnswered: false)
        history.refuseTaking(1_000_013)
        history.give(2)

        #expect(history.findings == [])
        #expect(history.replay.oracle.view(of: history.user)?.balance == 1_000_014)
    }

    @Test func `an answer that was given and not written is found`() {
        var history = History()
        history.give(5)
        history.recorded.entries.removeLast()

        #expect(history.findings.contains { $0.contains("not written down as answered") })
    }

    @Test func `a command that was written twice is found`() {
        var history = History()
        history.give(5)
        history.record(history.lastCommand, .adjustment, balance: 1_000_010)

        #expect(history.findings.contains { $0.contains("written twice") })
    }

    @Test func `a sum that is wrong is found`() {
        var history = History()
        history.give(5)
        history.recorded.entries[1].balanceAfter += 1

        #expect(history.findings.contains { $0.contains("balance 1000005") })
    }

    @Test func `an answer that is wrong is found`() {
        var history = History()
        history.give(5, answering: 1_000_006)

        #expect(history.findings.contains { $0.contains("should have been answered") })
    }

    @Test func `a gap in the versions is found`() {
        var history = History()
        history.give(5)
        history.recorded.entries[1].version += 1

        #expect(history.findings.contains { $0.contains("a gap") })
    }

    @Test func `an entry that nobody asked for is found`() {
        var history = History()
        history.recorded.entries.append(history.recorded.entries[0])
        history.recorded.entries[1].kind = .adjustment
        history.recorded.entries[1].version = 2
        history.recorded.entries[1].id = UUID()

        #expect(history.findings.contains { $0.contains("nobody asked for") })
    }

    @Test func `a refusal for which there never was a reason is found`() {
        var history = History()
        history.refuseTaking(1_000_001)
        history.give(5)
        history.refuseTaking(1_000_002, available: 1_000_000)

        #expect(history.findings.count { $0.contains("nothing justifies") } == 1)
    }

    @Test func `a refusal that was written as if it had been done is found`() {
        var history = History()
        history.refuseTaking(1_000_001)
        history.record(history.lastCommand, .adjustment, balance: -1)

        #expect(history.findings.contains { $0.contains("not written down as answered") })
    }

    @Test func `an order of versions against that of the answers is found`() {
        var history = History()
        history.give(5)
        history.give(7)
        history.recorded.entries.swapAt(1, 2)
        for index in [1, 2] { history.recorded.entries[index].version = Int64(index) + 1 }
        history.recorded.entries[1].balanceAfter = 1_000_007

        #expect(history.findings.contains { $0.contains("was written after what began later") })
    }

    @Test func `a hold that ends before its time is found`() {
        var history = History()
        let hold = history.place(5, lifetime: 60)
        var end = history.recorded.entries[1]
        (end.id, end.version, end.kind, end.hold, end.heldAfter) = (UUID(), 3, .holdExpired, hold, 0)
        history.recorded.entries.append(end)

        #expect(history.findings.contains { $0.contains("no hold had run out") })
    }

    @Test func `who asks for a hold before it is placed may be told so, and is served later`() {
        var history = History()
        let release = history.command(.release(hold: history.nextHold))
        history.attempt(release, answer: .refused(.init(reason: "NOT_FOUND")))
        _ = history.place(5, lifetime: 60)
        history.attempt(release, answer: nil)
        history.record(release, .holdReleased, balance: 1_000_000)

        #expect(history.findings == [])
    }

    @Test func `who is told that a hold does not exist which was placed before is found`() {
        var history = History()
        let hold = history.place(5, lifetime: 60, isAnswered: true)
        history.attempt(history.command(.release(hold: hold)), answer: .refused(.init(reason: "NOT_FOUND")))

        #expect(history.findings.contains { $0.contains("found no hold") })
    }

    @Test func `two answers to one command are found, and two commands of one request id`() {
        var history = History()
        history.give(5)
        var other = history.lastCommand
        history.attempt(other, answer: .refused(.init(reason: "NOT_FOUND")))
        other.action = .adjust(user: history.user, amount: 6)
        history.attempt(other, answer: .balance(.init(user: history.user, balance: 6, held: 0, available: 6)))

        #expect(history.findings.contains { $0.contains("has several answers") })
        #expect(history.findings.contains { $0.contains("good for several commands") })
    }
}

/// What one client tried on one account, and what was written of it.
private struct History {
    let user = UUID()
    var recorded = Recorded()
    private(set) var lastCommand: Command
    private let log = AttemptLog()
    private var count = 0
    private var balance: Int64 = 1_000_000

    init() {
        self.lastCommand = Command(.deduct(user: self.user, amount: 1), by: self.user, requestID: "none")
        self.recorded.entries = [
            .init(
                id: UUID(),
                account: self.user,
                version: 1,
                kind: .initial,
                balanceAfter: self.balance,
                heldAfter: 0,
                at: 0
            )
        ]
    }

    var replay: Replay { Replay(of: self.log.attempts, and: self.recorded) { _ in [0] } }
    var findings: [String] { self.replay.findings }

    mutating func give(_ amount: Int64, isAnswered: Bool = true, answering balance: Int64? = nil) {
        let command = self.command(.adjust(user: self.user, amount: amount))
        self.balance += amount
        let told = balance ?? self.balance
        let view = Answer.BalanceView(user: self.user, balance: told, held: 0, available: told)
        self.attempt(command, answer: isAnswered ? .balance(view) : nil)
        self.record(command, .adjustment, balance: self.balance)
    }

    mutating func refuseTaking(_ amount: Int64, available: Int64? = nil) {
        let command = self.command(.adjust(user: self.user, amount: -amount))
        let available = available ?? self.balance
        let facts = ["needed": amount, "available": available, "balance": available, "held": 0]
        self.attempt(command, answer: .refused(.init(reason: "INSUFFICIENT_CREDITS", facts: facts)))
        self.recorded.refusals[command.recordedID] = command.digest
    }

    /// The id of the hold that is placed after one more command.
    var nextHold: UUID {
        var command = self.lastCommand
        (command.action, command.requestID) = (.place(user: self.user, amount: 1, lifetime: 1), "r\(self.count + 2)")
        return command.recordedID
    }

    mutating func place(_ amount: Int64, lifetime: Int32, isAnswered: Bool = false) -> UUID {
        let command = self.command(.place(user: self.user, amount: amount, lifetime: lifetime))
        let view = Answer.HoldView(
            id: command.recordedID,
            user: self.user,
            amount: amount,
            phase: .open,
            settled: 0,
            expiresAt: Int64(lifetime) * 1_000_000
        )
        self.attempt(command, answer: isAnswered ? .hold(view) : nil)
        self.record(command, .holdPlaced, balance: self.balance, held: amount)
        return command.recordedID
    }

    mutating func record(_ command: Command, _ kind: Recorded.Kind, balance: Int64, held: Int64 = 0) {
        self.recorded.entries.append(
            .init(
                id: command.recordedID,
                digest: command.digest,
                account: self.user,
                version: Int64(self.recorded.entries.count + 1),
                kind: kind,
                balanceAfter: balance,
                heldAfter: held,
                at: 0
            )
        )
    }

    func attempt(_ command: Command, answer: Answer?) {
        let number = self.log.begin(command)
        if let answer { self.log.end(number, with: answer) }
    }

    mutating func command(_ action: Command.Action) -> Command {
        self.count += 1
        self.lastCommand = Command(action, by: self.user, requestID: "r\(self.count)")
        return self.lastCommand
    }
}
