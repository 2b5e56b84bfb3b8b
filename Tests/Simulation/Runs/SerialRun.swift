/// One command after the other, each answer compared with the oracle's.
package struct SerialRun: Sendable {
    let seed: UInt64
    let commandCount: Int
    let mix: CommandGenerator.Mix
    /// How many of the last commands a finding shows.
    private static let told = 200

    package init(seed: UInt64, commands: Int, mix: CommandGenerator.Mix = .init()) {
        self.seed = seed
        self.commandCount = commands
        self.mix = mix
    }

    /// Runs it.
    ///
    /// - Returns: What happened.
    /// - Throws: `Finding` where the ledger differs from the oracle.
    package func run() async throws -> RunReport {
        let began = ContinuousClock.now
        let dice = FaultDice(seed: self.seed &+ 1, abandons: false)
        var report = try await SimulatedLedger.run(dice) { ledger in
            dice.setStill(false)
            var oracle = Oracle()
            let report = try await self.run(on: ledger, beside: &oracle)
            dice.setStill(true)
            try await ledger.requireBalances(of: oracle)
            try await ledger.requireInvariants()
            return report
        }
        report.faults = dice.counts
        report.time = .now - began
        return report
    }

    private func run(on ledger: SimulatedLedger, beside oracle: inout Oracle) async throws -> RunReport {
        var chance = Chance(seed: self.seed)
        var generator = CommandGenerator(
            users: ledger.users,
            principals: ledger.principals,
            mix: self.mix,
            chance.fork()
        )
        ledger.users.forEach { oracle.openAccount(of: $0) }
        var report = RunReport()
        var replies: [Command: Reply] = [:]
        var history: [String] = []
        for number in 1...self.commandCount {
            if chance.happens(100) { try await ledger.clock.advance(by: Int64.random(in: 1...20, using: &chance)) }
            if chance.happens(10) {
                try await ledger.sweep(with: Int.random(in: 0...1, using: &chance))
                oracle.expireAll(at: ledger.clock.now)
                history.append("swept at \(ledger.clock.now)")
            }
            let command = generator.next()
            let reply = try await self.reply(to: command, from: ledger, &chance, &report)
            let expected = oracle.perform(command, at: ledger.clock.now)
            history.append("\(number) at \(ledger.clock.now): \(command): \(reply.answer)")
            guard reply.answer == expected else {
                let story = history.suffix(Self.told).joined(separator: "\n")
                throw Finding("\(story)\nshould have been answered \(expected)")
            }
            if let first = replies[command], first != reply {
                throw Finding("command \(number), \(command), was answered \(first) at first and \(reply) again")
            }
            if !oracle.isMissingHold(of: command) { replies[command] = reply }
            report.count(reply.answer)
        }
        return report
    }

    /// Repeats a command until it is answered, each time from any daemon.
    private func reply(
        to command: Command,
        from ledger: SimulatedLedger,
        _ chance: inout Chance,
        _ report: inout RunReport
    ) async throws -> Reply {
        while true {
            let daemon = Int.random(in: 0...1, using: &chance)
            if let reply = try await ledger.reply(to: command, from: daemon) { return reply }
            report.openOutcomes += 1
        }
    }
}
