import Foundation
import Simulation
import Testing

@Suite struct OracleTests {
    @Test func `a hold reserves, a settlement spends and returns the rest`() {
        var ledger = Story()
        let hold = ledger.place(600_000)

        #expect(ledger.view == [1_000_000, 600_000, 400_000])
        ledger.tell(.settle(hold: hold, amount: 100_000, allowsOverrun: false))

        #expect(ledger.view == [900_000, 0, 900_000])
    }

    @Test func `more than is available is refused with the figures`() {
        var ledger = Story()
        _ = ledger.place(600_000)

        let answer = ledger.tell(.place(user: ledger.user, amount: 400_001, lifetime: 60))

        let facts: [String: Int64] = [
            "needed": 400_001, "available": 400_000, "balance": 1_000_000, "held": 600_000,
        ]
        #expect(answer == .refused(.init(reason: "INSUFFICIENT_CREDITS", facts: facts)))
    }

    @Test func `a hold ends once, and the refusal says how`() {
        var ledger = Story()
        let (settled, released, expired) = (ledger.place(1), ledger.place(2), ledger.place(3, lifetime: 10))
        ledger.tell(.settle(hold: settled, amount: 1, allowsOverrun: false))
        ledger.tell(.release(hold: released))
        ledger.now += 10_000_000

        let reasons = [settled, released, expired].map { ledger.tell(.release(hold: $0)).name }

        #expect(reasons == ["HOLD_SETTLED", "HOLD_RELEASED", "HOLD_EXPIRED"])
        #expect(ledger.view == [999_999, 0, 999_999])
    }

    @Test func `a hold whose time is over reserves until somebody needs its credits`() {
        var ledger = Story()
        _ = ledger.place(1_000_000, lifetime: 10)
        ledger.now += 9_999_999
        #expect(ledger.tell(.deduct(user: ledger.user, amount: 1)).name == "INSUFFICIENT_CREDITS")
        ledger.now += 1
        #expect(ledger.view == [1_000_000, 1_000_000, 0])

        #expect(ledger.tell(.deduct(user: ledger.user, amount: 1)).name == "balance")
        #expect(ledger.view == [999_999, 0, 999_999])
    }

    @Test func `a hold that is extended lives from then on`() {
        var ledger = Story()
        let hold = ledger.place(1, lifetime: 10)
        ledger.now += 9_000_000
        ledger.tell(.extend(hold: hold, lifetime: 10))
        ledger.now += 9_000_000

        #expect(ledger.tell(.release(hold: hold)).name == "hold released")
    }

    @Test func `only an overrun spends beyond the hold, and what it leaves below zero blocks`() {
        var ledger = Story()
        let hold = ledger.place(1_000_000)

        let refused = ledger.tell(.settle(hold: hold, amount: 1_500_000, allowsOverrun: false))
        ledger.tell(.settle(hold: hold, amount: 1_500_000, allowsOverrun: true))

        #expect(refused == .refused(.init(reason: "INVALID_FIELD", field: "amount")))
        #expect(ledger.view == [-500_000, 0, -500_000])
        #expect(ledger.tell(.place(user: ledger.user, amount: 1, lifetime: 1)).name == "INSUFFICIENT_CREDITS")
    }

    @Test func `a repeat gets the first answer, also a refusal, and changes nothing`() {
        var ledger = Story()
        let give = ledger.command(.adjust(user: ledger.user, amount: 5))
        let take = ledger.command(.deduct(user: ledger.user, amount: 2_000_000))
        let (given, refused) = (ledger.perform(give), ledger.perform(take))
        ledger.tell(.adjust(user: ledger.user, amount: 9_000_000))

        #expect(ledger.perform(give) == given)
        #expect(ledger.perform(take) == refused)
        #expect(refused.name == "INSUFFICIENT_CREDITS")
        #expect(ledger.view == [10_000_005, 0, 10_000_005])
    }

    @Test func `a request id is good for one command of one method and one principal`() {
        var ledger = Story()
        let first = ledger.command(.adjust(user: ledger.user, amount: 5))
        ledger.perform(first)
        var (other, ofAnother) = (first, first)
        other.action = .adjust(user: ledger.user, amount: 6)
        ofAnother.principal = UUID()
        let byAnotherMethod = Command(
            .deduct(user: ledger.user, amount: 1),
            by: first.principal,
            requestID: first.requestID
        )

        #expect(ledger.perform(other).name == "REQUEST_ID_REUSED")
        #expect(ledger.perform(ofAnother).name == "balance")
        #expect(ledger.perform(byAnotherMethod).name == "balance")
    }

    @Test func `what is wrong in itself is refused by the field and leaves its request id free`() {
        var ledger = Story()
        var command = ledger.command(.adjust(user: ledger.user, amount: 5))
        command.flaw = .amount("much")

        #expect(ledger.perform(command) == .refused(.init(reason: "INVALID_FIELD", field: "amount")))
        command.flaw = nil
        #expect(ledger.perform(command).name == "balance")
    }

    @Test func `that a hold does not exist is not kept`() {
        var ledger = Story()
        let place = ledger.command(.place(user: ledger.user, amount: 5, lifetime: 60))
        let release = ledger.command(.release(hold: place.recordedID))

        #expect(ledger.perform(release).name == "NOT_FOUND")
        ledger.perform(place)
        #expect(ledger.perform(release).name == "hold released")
    }

    @Test func `what does not exist is not found, what does not fit is refused`() {
        var ledger = Story()

        #expect(ledger.tell(.release(hold: UUID())).name == "NOT_FOUND")
        #expect(ledger.tell(.deduct(user: UUID(), amount: 1)).name == "NOT_FOUND")
        let tooMuch = ledger.tell(.adjust(user: ledger.user, amount: .max))
        #expect(tooMuch == .refused(.init(reason: "INVALID_FIELD", field: "amount")))
    }
}

/// An oracle with one account, and what is told to it.
private struct Story {
    let user = UUID()
    var now: Int64 = 0
    private var oracle = Oracle()
    private var count = 0

    init() {
        self.oracle.openAccount(of: self.user)
    }

    /// Balance, held and available.
    var view: [Int64] { self.oracle.view(of: self.user).map { [$0.balance, $0.held, $0.available] } ?? [] }

    mutating func command(_ action: Command.Action) -> Command {
        self.count += 1
        return Command(action, by: self.user, requestID: "r\(self.count)")
    }

    @discardableResult
    mutating func perform(_ command: Command) -> Answer { self.oracle.perform(command, at: self.now) }

    @discardableResult
    mutating func tell(_ action: Command.Action) -> Answer { self.perform(self.command(action)) }

    /// - Returns: The hold's id.
    mutating func place(_ amount: Int64, lifetime: Int32 = 60) -> UUID {
        let command = self.command(.place(user: self.user, amount: amount, lifetime: lifetime))
        self.perform(command)
        return command.recordedID
    }
}
