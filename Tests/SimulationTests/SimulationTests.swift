import Simulation
import Testing

/// A short run; `tools/simulate` makes long ones.
@Suite(.serialized) struct SimulationTests {
    private static let seeds: ClosedRange<UInt64> = 1...3
    private static let commands = 400

    @Test func `one command after the other is answered as by the oracle, whatever breaks`() async throws {
        try await simulate("one after the other") { try await SerialRun(seed: $0, commands: Self.commands).run() }
    }

    @Test func `what many clients were told is explained by what was written, whatever breaks`() async throws {
        try await simulate("many at once") { try await ConcurrentRun(seed: $0, commands: Self.commands).run() }
    }

    private func simulate(_ what: String, _ run: (UInt64) async throws -> RunReport) async throws {
        var total = RunReport()
        for seed in Self.seeds {
            do {
                total = total + (try await run(seed))
            } catch {
                Issue.record(error, "tools/simulate --first \(seed) --seeds 1 --commands 2000")
            }
        }
        print("\(Self.seeds.count) seeds, \(what):\n\(total)")
        #expect(total.answered > 0)
    }
}
