import Support

/// Many clients at once, who send commands twice, in changed order, again later or to the other daemon, and give some up;
/// afterwards what the ledger has written must explain all they were told.
package struct ConcurrentRun: Sendable {
    let seed: UInt64
    let commandCount: Int
    let clientCount: Int
    let mix: CommandGenerator.Mix

    package init(seed: UInt64, commands: Int, clients: Int = 16, mix: CommandGenerator.Mix = .init()) {
        self.seed = seed
        self.commandCount = commands
        self.clientCount = clients
        self.mix = mix
    }

    /// Runs it.
    ///
    /// - Returns: What happened.
    /// - Throws: `Finding` where the ledger differs from the oracle.
    package func run() async throws -> RunReport {
        let began = ContinuousClock.now
        let dice = FaultDice(seed: self.seed &+ 1, abandons: true)
        var report = try await SimulatedLedger.run(dice) { ledger in
            let log = AttemptLog { ledger.clock.numbers }
            dice.setStill(false)
            let openOutcomes = try await self.sendAll(to: ledger, log)
            dice.setStill(true)
            try await ledger.sweep(with: 0)
            let recorded = try await Recorded.read(from: ledger.database)
            let replay = Replay(of: log.attempts, and: recorded) { ledger.clock.times($0) }
            guard replay.findings.isEmpty else {
                let first = replay.findings.prefix(5).joined(separator: "\n")
                throw Finding("\(replay.findings.count) findings:\n\(first)")
            }
            try await ledger.requireBalances(of: replay.oracle)
            try await ledger.requireInvariants()
            return RunReport(log.attempts, openOutcomes: openOutcomes)
        }
        report.faults = dice.counts
        report.time = .now - began
        return report
    }

    /// - Returns: How often an outcome stayed open.
    private func sendAll(to ledger: SimulatedLedger, _ log: AttemptLog) async throws -> Int {
        var chance = Chance(seed: self.seed)
        let clients = (0..<self.clientCount).map { number in
            SimulatedClient(number: number, ledger: ledger, log: log, mix: self.mix, chance.fork())
        }
        let share = self.commandCount / self.clientCount
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for var client in clients { group.addTask { try await client.send(share) } }
            return try await group.reduce(0, +)
        }
    }
}

extension RunReport {
    /// Counts what was tried.
    package init(_ attempts: [Attempt], openOutcomes: Int, time: Duration = .zero) {
        self.openOutcomes = openOutcomes
        self.time = time
        for attempt in attempts {
            if let answer = attempt.answer { self.count(answer) } else { self.unanswered += 1 }
        }
    }
}
