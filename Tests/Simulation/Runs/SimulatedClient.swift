/// One of several who use the ledger at once.
struct SimulatedClient: Sendable {
    private let number: Int
    private let ledger: SimulatedLedger
    private let log: AttemptLog
    private var generator: CommandGenerator
    private var chance: Chance

    init(number: Int, ledger: SimulatedLedger, log: AttemptLog, mix: CommandGenerator.Mix, _ chance: Chance) {
        var chance = chance
        self.number = number
        self.ledger = ledger
        self.log = log
        self.generator = CommandGenerator(
            users: ledger.users,
            principals: ledger.principals,
            name: "c\(number)",
            mix: mix,
            chance.fork()
        )
        self.chance = chance
    }

    /// Sends so many commands, up to four at a time and those in any order, some of them twice.
    ///
    /// - Returns: How often an outcome stayed open.
    mutating func send(_ count: Int) async throws -> Int {
        var (left, openOutcomes) = (count, 0)
        while left > 0 {
            if self.number == 0, self.chance.happens(300) {
                try await self.ledger.clock.advance(by: Int64.random(in: 1...20, using: &self.chance))
            }
            if self.number == 1, self.chance.happens(50) { try await self.ledger.sweep(with: 1) }
            let number = Int.random(in: 1...min(4, left), using: &self.chance)
            var commands = (0..<number).map { _ in self.generator.next() }
            left -= commands.count
            if self.chance.happens(100) { commands.append(commands[0]) }
            commands.shuffle(using: &self.chance)
            openOutcomes += try await self.sendTogether(commands)
        }
        return openOutcomes
    }

    private mutating func sendTogether(_ commands: [Command]) async throws -> Int {
        let (ledger, log) = (self.ledger, self.log)
        let errands = commands.map { ($0, self.chance.fork()) }
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for (command, chance) in errands {
                group.addTask { try await Self.send(command, to: ledger, log, chance) }
            }
            return try await group.reduce(0, +)
        }
    }

    /// Sends a command until it is answered, each time to any daemon; now and then gives up.
    private static func send(
        _ command: Command,
        to ledger: SimulatedLedger,
        _ log: AttemptLog,
        _ chance: Chance
    ) async throws -> Int {
        var (chance, openOutcomes) = (chance, 0)
        let number = log.begin(command)
        while true {
            if let reply = try await ledger.reply(to: command, from: Int.random(in: 0...1, using: &chance)) {
                log.end(number, with: reply.answer)
                return openOutcomes
            }
            openOutcomes += 1
            if chance.happens(150) { return openOutcomes }
        }
    }
}
