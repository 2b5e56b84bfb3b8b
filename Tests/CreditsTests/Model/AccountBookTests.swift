import Credits
import Foundation
import Testing

@Suite struct AccountBookTests {
    private let user = UUID()

    private func book(_ balance: Int64, held: [Int64] = [], until: Int64 = 100) -> (AccountBook, [UUID]) {
        let ids = held.map { _ in UUID() }
        let holds = zip(ids, held).map { id, amount in
            (
                id,
                OpenHold(
                    amount: CreditAmount(micro: amount),
                    expiresAt: LedgerTime(microseconds: until),
                    service: "s",
                    model: "m"
                )
            )
        }
        let state = AccountState(
            balance: CreditAmount(micro: balance),
            held: CreditAmount(micro: held.reduce(0, +))
        )
        return (
            AccountBook(account: self.user, version: 1, state: state, holds: Dictionary(uniqueKeysWithValues: holds)),
            ids
        )
    }

    private func decide(
        _ book: inout AccountBook,
        _ action: LedgerCommand.Action,
        at now: Int64 = 0,
        ended: EndedHold? = nil
    ) -> (Decision, LedgerWindow) {
        var window = LedgerWindow()
        let command = LedgerCommand(id: UUID(), account: self.user, action)
        let decision = book.decide(command, ended: ended, now: LedgerTime(microseconds: now), window: &window)
        return (decision, window)
    }

    private func hold(_ micro: Int64) -> LedgerCommand.Action {
        .hold(CreditAmount(micro: micro), lifetime: 60, service: "s", model: "m")
    }

    private func give(_ micro: Int64) -> LedgerCommand.Action {
        .move(CreditAmount(micro: micro), .adjustment, service: "", reason: "r")
    }

    @Test func `a hold takes what is available and not more`() {
        var (book, _) = self.book(10, held: [4])

        #expect(self.decide(&book, self.hold(7)).0.refusal == .insufficient(book.state, needed: CreditAmount(micro: 7)))
        let decision = self.decide(&book, self.hold(6)).0

        #expect(decision.refusal == nil)
        #expect(decision.entries.map(\.heldAfter.micro) == [10])
        #expect(decision.entries.map(\.version) == [2])
        #expect(book.state.available == .zero)
    }

    @Test func `a refusal for want of credits is right only while no hold runs out`() {
        var (book, _) = self.book(10, held: [4], until: 70)

        let (_, window) = self.decide(&book, self.hold(7), at: 50)

        #expect(window.before == LedgerTime(microseconds: 70))
    }

    @Test func `the account's overdue holds end before it is refused`() {
        var (book, ids) = self.book(10, held: [4, 5], until: 70)

        let (decision, window) = self.decide(&book, self.hold(7), at: 70)

        #expect(decision.refusal == nil)
        #expect(decision.entries.map(\.kind) == [.holdExpired, .holdExpired, .holdPlaced])
        #expect(Set(decision.entries.compactMap(\.hold)) == Set(ids))
        #expect(decision.entries.last?.heldAfter == CreditAmount(micro: 7))
        #expect(window.notBefore == LedgerTime(microseconds: 70))
    }

    @Test func `a settlement spends a part and returns the rest`() throws {
        var (book, ids) = self.book(10, held: [6])

        let (decision, window) = self.decide(&book, .settle(ids[0], CreditAmount(micro: 2), beyond: false))

        let entry = try #require(decision.entries.first)
        #expect((entry.amount.micro, entry.held.micro) == (-2, -6))
        #expect((entry.balanceAfter.micro, entry.heldAfter.micro) == (8, 0))
        #expect((entry.kind, entry.step, entry.service, entry.model) == (.usage, 0, "s", "m"))
        #expect(window.before == LedgerTime(microseconds: 100))
    }

    @Test func `an overrun is refused unless allowed, and then blocks new holds`() {
        var (book, ids) = self.book(10, held: [6, 4])

        let refused = self.decide(&book, .settle(ids[0], CreditAmount(micro: 9), beyond: false)).0
        #expect(refused.refusal == .aboveHold(CreditAmount(micro: 6)))
        let allowed = self.decide(&book, .settle(ids[0], CreditAmount(micro: 9), beyond: true)).0
        #expect(allowed.refusal == nil)

        #expect((book.state.balance.micro, book.state.held.micro, book.state.available.micro) == (1, 4, -3))
        #expect(self.decide(&book, self.hold(1)).0.refusal != nil)
        #expect(self.decide(&book, self.give(-1)).0.refusal != nil)
        #expect(self.decide(&book, .settle(ids[1], CreditAmount(micro: 4), beyond: false)).0.refusal == nil)
        #expect(book.state.balance == CreditAmount(micro: -3))
        #expect(self.decide(&book, self.give(4)).0.refusal == nil)
        #expect(self.decide(&book, self.hold(1)).0.refusal == nil)
    }

    @Test func `a late settlement is refused and kept, and the hold expires`() {
        var (book, ids) = self.book(10, held: [6])

        let (decision, window) = self.decide(&book, .settle(ids[0], CreditAmount(micro: 2), beyond: true), at: 100)

        #expect(decision.refusal == .holdEnded(ids[0], .expired, settled: .zero))
        #expect(decision.entries.map(\.kind) == [.holdExpired, .lateSettlement])
        #expect(book.state == AccountState(balance: CreditAmount(micro: 10), held: .zero))
        #expect(window.notBefore == LedgerTime(microseconds: 100))
    }

    @Test(arguments: [HoldPhase.settled, .released, .expired])
    func `a hold that has ended stays as it is`(phase: HoldPhase) {
        var (book, _) = self.book(10)
        let id = UUID()
        let ended = EndedHold(phase: phase, settled: .zero, amount: .one, expiresAt: LedgerTime(microseconds: 100))
        let actions: [LedgerCommand.Action] = [
            .settle(id, .zero, beyond: true), .release(id), .extend(id, lifetime: 1), .expire(id),
        ]

        for action in actions {
            let decision = self.decide(&book, action, ended: ended).0
            #expect(decision.refusal == .holdEnded(id, phase, settled: .zero))
        }
        #expect(self.decide(&book, .release(id)).0.refusal == .noHold(id))
    }

    @Test func `holds are freed at a time when no other one has run out`() {
        let amounts: [Int64: Int64] = [100: 40, 200: 50]
        let holds = amounts.map { until, micro in
            let hold = OpenHold(
                amount: CreditAmount(micro: micro),
                expiresAt: LedgerTime(microseconds: until),
                service: "s",
                model: "m"
            )
            return (UUID(), hold)
        }
        let state = AccountState(balance: CreditAmount(micro: 100), held: CreditAmount(micro: 90))
        var book = AccountBook(
            account: self.user,
            version: 1,
            state: state,
            holds: Dictionary(uniqueKeysWithValues: holds)
        )

        let (decision, window) = self.decide(&book, self.hold(30), at: 150)

        #expect(decision.entries.map(\.kind) == [.holdExpired, .holdPlaced])
        #expect((window.notBefore.microseconds, window.before.microseconds) == (100, 200))
    }

    @Test func `a hold whose extensions can be counted no further is not extended, and stays`() {
        let id = UUID()
        let hold = OpenHold(
            amount: .one,
            expiresAt: LedgerTime(microseconds: 100),
            extensions: .max,
            service: "s",
            model: "m"
        )
        let state = AccountState(balance: .one, held: .one)
        var book = AccountBook(account: self.user, version: 1, state: state, holds: [id: hold])
        let before = book

        let decision = self.decide(&book, .extend(id, lifetime: 1), at: 50).0
        #expect(decision.refusal == .extendedTooOften)
        #expect(decision.entries.isEmpty)
        #expect(book == before)
    }

    @Test func `an extension moves the end, and only an open hold has one`() {
        var (book, ids) = self.book(10, held: [6], until: 70)

        let decision = self.decide(&book, .extend(ids[0], lifetime: 1), at: 50).0

        #expect(decision.entries.map(\.step) == [1])
        #expect(self.decide(&book, .expire(ids[0]), at: 70).0.refusal == .notDue)
        #expect(self.decide(&book, .extend(ids[0], lifetime: 1), at: 60).0.entries.map(\.step) == [2])
        #expect(self.decide(&book, .expire(ids[0]), at: 2_000_000).0.entries.map(\.kind) == [.holdExpired])
    }

    @Test func `amounts that do not fit are refused`() {
        var (book, _) = self.book(.max - 5)

        #expect(self.decide(&book, self.give(6)).0.refusal == .overflow)
        #expect(self.decide(&book, self.give(5)).0.refusal == nil)
        #expect(self.decide(&book, self.give(.min)).0.refusal != nil)
        #expect(book.state.balance.micro == .max)
    }

    @Test func `any run of commands keeps the rules`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var (book, _) = self.book(1_000)
            var (open, version, balance, overrun) = ([UUID: Int64](), Int64(1), Int64(1_000), Int64(0))
            for now in Int64(1)...200 {
                let amount = Int64.random(in: 1...200, using: &random)
                let known = open.keys.randomElement(using: &random) ?? UUID()
                let action: LedgerCommand.Action =
                    switch Int.random(in: 0..<6, using: &random) {
                    case 0, 1: self.hold(amount)
                    case 2: .settle(known, CreditAmount(micro: amount), beyond: amount % 8 == 0)
                    case 3: .release(known)
                    case 4: .extend(known, lifetime: amount)
                    default: self.give(amount - 100)
                    }
                let decision = self.decide(&book, action, at: now * 1_000_000).0
                for entry in decision.entries {
                    version += 1
                    balance += entry.amount.micro
                    if entry.kind == .holdPlaced { open[entry.id] = entry.held.micro }
                    if entry.step == 0, let hold = entry.hold {
                        let held = open.removeValue(forKey: hold)
                        #expect(held == -entry.held.micro)
                        overrun += max(0, -entry.amount.micro - (held ?? 0))
                    }
                    #expect(entry.version == version)
                    #expect(entry.balanceAfter.micro == balance)
                    #expect(entry.heldAfter.micro == open.values.reduce(0, +))
                }
                #expect(book.state.available.micro >= -overrun)
                #expect(book.holds.mapValues(\.amount.micro) == open)
            }
        }
    }
}
