import Foundation
import Simulation
import Testing

@Suite struct HotAccountTests {
    @Test(arguments: [false, true])
    func `of a thousand holds at once on an account that can pay for five hundred exactly these are placed`(
        isFaulty: Bool
    ) async throws {
        let dice = FaultDice(seed: 1, abandons: true)
        try await SimulatedLedger.run(dice, users: 1) { ledger in
            let (user, principal) = (ledger.users[0], ledger.principals[0])
            let gift = Command(.adjust(user: user, amount: 499_000_000), by: principal, requestID: "gift")
            _ = try await ledger.answer(to: gift, from: 0)
            dice.setStill(!isFaulty)

            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for number in 0..<1000 {
                    let action = Command.Action.place(user: user, amount: 1_000_000, lifetime: 0)
                    let command = Command(action, by: principal, requestID: "hold-\(number)")
                    group.addTask { try await ledger.answer(to: command, from: number % 2) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            dice.setStill(true)

            #expect(answers.count { $0.name == "hold open" } == 500)
            #expect(answers.count { $0.name == "INSUFFICIENT_CREDITS" } == 500)
            let balance = try await ledger.balance(of: user, from: 0)
            let expected = Answer.BalanceView(user: user, balance: 500_000_000, held: 500_000_000, available: 0)
            #expect(balance == .balance(expected))
            try await ledger.requireInvariants()
        }
    }
}

extension SimulatedLedger {
    /// Sends a command until it is answered.
    fileprivate func answer(to command: Command, from daemon: Int) async throws -> Answer {
        while true {
            if let reply = try await self.reply(to: command, from: daemon) { return reply.answer }
        }
    }
}
