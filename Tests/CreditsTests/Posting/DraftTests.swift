import Foundation
import Simulation
import Testing

@testable import Credits

@Suite struct DraftTests {
    private static let now = LedgerTime(microseconds: 1_000_000_000)
    /// When what is decided at `now` is written.
    private static let written = LedgerTime(microseconds: 1_000_000_777)

    private let users = (0..<6).map { _ in UUID() }

    /// A lane that remembers the users, each with some micro-credits.
    private func memory(_ balance: Int64 = 10) -> LaneMemory {
        var memory = LaneMemory(limit: 1000)
        for user in self.users {
            let state = AccountState(balance: CreditAmount(micro: balance), held: .zero)
            memory.put(AccountBook(account: user, version: 1, state: state))
        }
        return memory
    }

    /// Decides as a batch does, but for commands that were answered before.
    private func decide(_ commands: some Sequence<LedgerCommand>, _ draft: inout Draft, _ memory: inout LaneMemory) {
        for command in commands where memory.answer(to: command.id) == nil {
            if !draft.knows(command.account), let book = memory.take(command.account) { draft.learn(book) }
            draft.decide(command, now: Self.now)
        }
    }

    private func write(_ draft: inout Draft, _ memory: inout LaneMemory) {
        draft.stamp(Self.written)
        draft.returnBooks(to: &memory)
        draft.remember(&memory)
    }

    /// Commands of every kind on a few accounts, about holds of each other, some of them sent twice.
    private func commands(_ chance: inout Chance) -> [LedgerCommand] {
        var commands: [LedgerCommand] = []
        var holds: [(id: UUID, account: UUID)] = [(UUID(), self.users[0])]
        for _ in 0..<60 {
            if chance.happens(50), let sent = commands.randomElement(using: &chance) {
                commands.append(sent)
                continue
            }
            let amount = CreditAmount(micro: Int64.random(in: 1...6, using: &chance))
            let hold = holds.randomElement(using: &chance) ?? holds[0]
            let kind = Int.random(in: 0..<10, using: &chance)
            let action: LedgerCommand.Action =
                switch kind {
                case 0...4: .hold(amount, lifetime: 60, service: "s", model: "m")
                case 5: .settle(hold.id, amount, beyond: chance.happens(500))
                case 6: .release(hold.id)
                case 7: .extend(hold.id, lifetime: 90)
                case 8: .expire(hold.id)
                default: .move(chance.happens(500) ? amount : amount.negated, .adjustment, service: "", reason: "r")
                }
            let user = self.users.randomElement(using: &chance) ?? hold.account
            let account = (5...8).contains(kind) ? hold.account : user
            let command = LedgerCommand(id: UUID(), account: account, action)
            if kind <= 4 { holds.append((command.id, account)) }
            commands.append(command)
        }
        return commands
    }

    @Test func `what a draft has ended stays ended, though it is open where it is read`() throws {
        var (draft, memory) = (Draft(), self.memory())
        let user = self.users[0]
        let placing = LedgerCommand(
            id: UUID(),
            account: user,
            .hold(.init(micro: 3), lifetime: 60, service: "", model: "")
        )
        self.decide([placing], &draft, &memory)
        self.write(&draft, &memory)
        let taken = memory.take(user)
        let book = try #require(taken)
        let hold = try #require(book.holds[placing.id])
        draft = Draft()
        draft.learn(book)
        draft.decide(LedgerCommand(id: UUID(), account: user, .release(placing.id)), now: Self.now)

        #expect(draft.knows(hold: placing.id, of: user))
        draft.learn(StoredHold(id: placing.id, account: user, open: hold, end: nil))
        draft.decide(LedgerCommand(id: UUID(), account: user, .extend(placing.id, lifetime: 90)), now: Self.now)
        draft.decide(LedgerCommand(id: UUID(), account: user, .release(placing.id)), now: Self.now)

        #expect(draft.entries.map(\.kind) == [.holdReleased])
        #expect(draft.refusals.count == 2)
    }

    @Test func `what is decided while another draft is written is what would be decided after it`() {
        var ahead = 0
        for seed in 0..<300 {
            var chance = Chance(seed: UInt64(seed))
            let commands = self.commands(&chance)
            let first = commands.prefix(Int.random(in: 1..<12, using: &chance))
            let rest = commands.dropFirst(first.count)

            var (memoryAfter, flightAfter, after) = (self.memory(), Draft(), Draft())
            self.decide(first, &flightAfter, &memoryAfter)
            self.write(&flightAfter, &memoryAfter)
            self.decide(rest, &after, &memoryAfter)

            var (memory, flight, during) = (self.memory(), Draft(), Draft())
            self.decide(first, &flight, &memory)
            let foreseen = rest.prefix { during.decide($0, during: &flight, &memory, now: Self.now) }
            self.write(&flight, &memory)
            during.correct(by: flight)
            self.decide(rest.dropFirst(foreseen.count), &during, &memory)
            ahead += foreseen.count

            #expect(during.entries == after.entries, "seed \(seed)")
            #expect(during.refusals.map(\.id) == after.refusals.map(\.id), "seed \(seed)")
            #expect(during.refusals.map(\.status) == after.refusals.map(\.status), "seed \(seed)")
            #expect(during.window == after.window, "seed \(seed)")
            self.write(&during, &memory)
            self.write(&after, &memoryAfter)
            for user in self.users { #expect(memory.take(user) == memoryAfter.take(user), "seed \(seed)") }
        }
        #expect(ahead > 500)
    }

    @Test func `what depends on the draft that is being written waits for it`() {
        var (memory, flight, draft) = (self.memory(), Draft(), Draft())
        let hold = LedgerCommand(
            id: UUID(),
            account: self.users[0],
            .hold(CreditAmount(micro: 6), lifetime: 60, service: "", model: "")
        )
        self.decide([hold], &flight, &memory)
        func isDecided(_ action: LedgerCommand.Action, of account: UUID, id: UUID = UUID()) -> Bool {
            let command = LedgerCommand(id: id, account: account, action)
            return draft.decide(command, during: &flight, &memory, now: Self.now)
        }
        func take(_ micro: Int64) -> LedgerCommand.Action {
            .move(CreditAmount(micro: -micro), .deduction, service: "s", reason: "")
        }

        #expect(!isDecided(take(1), of: self.users[0], id: hold.id), "a repeat")
        #expect(!isDecided(.settle(hold.id, .zero, beyond: false), of: self.users[0]), "a hold that is being placed")
        #expect(!isDecided(.release(UUID()), of: self.users[0]), "a hold that must be read")
        #expect(!isDecided(take(5), of: self.users[0]), "a refusal, unless that hold runs out")
        #expect(!isDecided(take(1), of: UUID()), "an account that must be read")
        #expect(!isDecided(.redeem(PromotionCode("GIFT")!), of: self.users[1]), "a code that must be read")
        #expect(isDecided(take(4), of: self.users[0]), "what is left beside the hold")
        #expect(isDecided(take(11), of: self.users[1]), "a refusal for good")
        #expect(draft.entries.map(\.balanceAfter.micro) == [6])
        #expect(draft.refusals.count == 1)
    }
}
