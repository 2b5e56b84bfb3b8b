import Foundation
import Simulation
import Testing

/// What tools/simulate asks for; a short run otherwise.
private enum Asked {
    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    static let firstSeed = UInt64(number("HUB_SIMULATE_FIRST") ?? 1)
    static let seeds = firstSeed..<firstSeed + UInt64(number("HUB_SIMULATE_SEEDS") ?? 3)
    static let commands = number("HUB_SIMULATE_COMMANDS") ?? 400

    /// How to see once more what a seed has brought to light.
    static func replay(_ seed: UInt64) -> Comment {
        "tools/simulate --first \(seed) --seeds 1 --commands \(self.commands)"
    }
}

@Suite(.serialized) struct SimulationTests {
    @Test func `one command after the other is answered as by the oracle, whatever breaks`() async throws {
        try await simulate("one after the other") { try await SerialRun(seed: $0, commands: Asked.commands).run() }
    }

    @Test func `what many clients were told is explained by what was written, whatever breaks`() async throws {
        try await simulate("many at once") { try await ConcurrentRun(seed: $0, commands: Asked.commands).run() }
    }

    private func simulate(_ what: String, _ run: (UInt64) async throws -> RunReport) async throws {
        var total = RunReport()
        for seed in Asked.seeds {
            do {
                total = total + (try await run(seed))
            } catch {
                Issue.record(error, Asked.replay(seed))
            }
        }
        print("\(Asked.seeds.count) seeds, \(what):\n\(total)")
        #expect(total.answered > 0)
    }
}
