import ArgumentParser
import Foundation
import Simulation

/// Sends random commands to two daemons on one database, through a proxy that cuts and delays connections, and says what the
/// ledger did that the model does not explain.
@main
struct Simulate: AsyncParsableCommand {
    @Option(help: "How many seeds to run.")
    var seeds = 200

    @Option(help: "The first of them.")
    var first: UInt64 = 1

    @Option(
        help: "How many commands each seed sends: a fifth of them one after the other, then the others many at a time."
    )
    var commands = 10_000

    @Option(help: "How many seeds to run at the same time.")
    var jobs = 3

    func validate() throws {
        guard self.seeds > 0, self.commands >= 5, self.jobs > 0 else {
            throw ValidationError("There is nothing to do.")
        }
    }

    func run() async throws {
        var (serial, concurrent) = (RunReport(), RunReport())
        var failures = 0
        await withTaskGroup(of: Outcome?.self) { group in
            var left = (self.first..<self.first + UInt64(self.seeds)).makeIterator()
            func start() {
                guard let seed = left.next() else { return }
                group.addTask { await self.outcome(of: seed) }
            }
            for _ in 0..<self.jobs { start() }
            while let outcome = await group.next() {
                start()
                guard let outcome else {
                    failures += 1
                    continue
                }
                serial = serial + outcome.serial
                concurrent = concurrent + outcome.concurrent
            }
        }
        print("\(self.seeds) seeds, \(failures) failed\none after the other\n\(serial)\nmany at once\n\(concurrent)")
        if failures > 0 { throw ExitCode.failure }
    }

    private typealias Outcome = (serial: RunReport, concurrent: RunReport)

    /// What came of a seed; nil when it failed, which is printed.
    private func outcome(of seed: UInt64) async -> Outcome? {
        do {
            let serial = try await SerialRun(seed: seed, commands: self.commands / 5).run()
            let others = self.commands - self.commands / 5
            let concurrent = try await ConcurrentRun(seed: seed, commands: others).run()
            self.say("seed \(seed): passed")
            return (serial, concurrent)
        } catch {
            self.say("seed \(seed): \(error)\n  tools/simulate --first \(seed) --seeds 1 --commands \(self.commands)")
            return nil
        }
    }

    /// Writes a line at once, as a run takes an hour and may be ended before.
    private func say(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
