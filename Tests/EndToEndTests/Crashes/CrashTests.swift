import Contract
import Foundation
import RPC
import Simulation
import Support
import Testing

/// Whatever is killed and whenever: the ledger neither loses nor doubles anything.
@Suite(.serialized) struct CrashTests {
    /// How often something is killed; `tools/simulate crash` asks for more.
    private static let rounds = ProcessInfo.processInfo.environment["HUB_SIMULATE_ROUNDS"].flatMap { Int($0) } ?? 4

    @Test func `kill -9 of daemons, Postgres and Redis under load loses and doubles no credit`() async throws {
        let rig = try await CrashRig()
        let load = CrashLoad()

        let report = try await rig.working(load, clients: 64) {
            for round in 0..<Self.rounds {
                try await load.moreAnswers(than: Int.random(in: 20...400))
                try await rig.kill(CrashRig.Victim.allCases[round % CrashRig.Victim.allCases.count])
                try await load.moreAnswers(than: 20)
            }
        }

        let recorded = try await rig.hub.withDatabase { try await Recorded.read(from: $0) }
        let replay = Replay(of: load.log.attempts, and: recorded) { _ in [0] }
        #expect(replay.findings.prefix(5) == [])
        for user in rig.users {
            let expected = try #require(replay.oracle.view(of: user))
            #expect(try await rig.balance(of: user) == .balance(expected))
        }
        try await rig.hub.checkLedger()
        print("\(Self.rounds) kills:\n\(report)")
    }

    @Test func `of a thousand holds at once through two daemons exactly those that the account can pay for are placed`()
        async throws
    {
        let rig = try await CrashRig(users: 1)
        let (user, load) = (rig.users[0], CrashLoad())
        let owned = try await rig.balance(of: user)
        guard case .balance(let view) = owned else { throw Missing(description: "no balance: \(owned)") }
        let missing = 500_000_000 - view.balance

        let answers = try await rig.withClients(64) { clients in
            let gift = Command(.adjust(user: user, amount: missing), by: rig.principal, requestID: "gift")
            _ = try await clients[0].answer(to: gift, load)
            return try await withThrowingTaskGroup(of: Simulation.Answer?.self) { group in
                for number in 0..<1000 {
                    let action = Command.Action.place(user: user, amount: 1_000_000, lifetime: 0)
                    let command = Command(action, by: rig.principal, requestID: "hold-\(number)")
                    group.addTask { try await clients[number % 64].answer(to: command, load) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }

        #expect(answers.count { $0?.name == "hold open" } == 500)
        #expect(answers.count { $0?.name == "INSUFFICIENT_CREDITS" } == 500)
        try await rig.hub.checkLedger()
    }
}
