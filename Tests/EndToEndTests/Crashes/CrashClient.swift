import Contract
import Foundation
import RPC
import Simulation
import Support
import SwiftProtobuf
import Testing

/// One of many who move credits, keep their request ids and ask again.
struct CrashClient: Sendable {
    /// One client for each daemon.
    let daemons: [Client]
    let token: @Sendable () -> String

    private var options: CallOptions {
        CallOptions(metadata: ["authorization": "Bearer \(self.token())"], timeout: .seconds(20))
    }

    /// Sends one command after the other until the load ends.
    func work(_ generator: CommandGenerator, _ load: CrashLoad) async throws {
        var generator = generator
        while !load.isOver { _ = try await self.answer(to: generator.next(), load) }
    }

    /// Sends a command until it is answered, each time to any daemon; now and then gives up.
    func answer(to command: Command, _ load: CrashLoad) async throws -> Simulation.Answer? {
        let number = load.log.begin(command)
        while true {
            let daemon = try #require(self.daemons.randomElement())
            if let reply = try await CreditCommandsClient(daemon).reply(to: command, self.options) {
                load.log.end(number, with: reply.answer)
                load.countAnswer()
                return reply.answer
            }
            load.countOpenOutcome()
            if !load.isOver, Int.random(in: 0..<50) == 0 { return nil }
        }
    }

    /// What a user has.
    func balance(of user: UUID) async throws -> Simulation.Answer {
        let request = GetBalanceRequest.with { $0.userID = user.uuidString }
        return try Simulation.Answer(try await CreditQueriesClient(self.daemons[0]).getBalance(request, self.options))
    }
}

/// What all clients have tried and learned.
final class CrashLoad: Sendable {
    private struct State {
        var answers = 0
        var openOutcomes = 0
        var isOver = false
    }

    let log = AttemptLog()
    private let state = Watched(State())

    var isOver: Bool { self.state.state.isOver }
    /// How often an outcome stayed open.
    var openOutcomes: Int { self.state.state.openOutcomes }

    func countAnswer() { self.state.update { $0.answers += 1 } }
    func countOpenOutcome() { self.state.update { $0.openOutcomes += 1 } }
    /// Lets the clients finish what they are at.
    func end() { self.state.update { $0.isOver = true } }

    /// Waits until so many more commands were answered.
    func moreAnswers(than count: Int) async throws {
        let before = self.state.state.answers
        try await self.state.wait(within: .seconds(60), for: "\(count) more answers") {
            $0.answers >= before + count ? () : nil
        }
    }
}
