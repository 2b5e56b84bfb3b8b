import Foundation
import Postgres
import Support
import Testing

@Suite struct ConcurrencyTests {
    @Test func `of two hundred chats at once on an account that can pay for fifty exactly fifty are served`()
        async throws
    {
        let hub = try await RunningHub.shared()
        // The stand-in claims as many tokens as the hold pays for, so each chat costs its whole hold: no order of
        // holds and settlements can make room for a fifty-first.
        let prompt = Self.promptThatCostsItsHold(maxTokens: 100)
        let cost = Self.microCost(prompt, maxTokens: 100)
        let owned = Decimal(cost * 50) / 1_000_000
        let person = try await Person.signedIn(hub, owning: "\(owned)")

        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for index in 0..<200 {
                group.addTask { try await person.post("/api/chat", chat(prompt, requestID: "chat-\(index)")) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        let refused = answers.filter { $0.status == 429 && $0.reason == "INSUFFICIENT_CREDITS" }
        #expect(answers.count { $0.status == 200 } == 50)
        #expect(refused.count == 150)
        #expect(try await person.get("/api/credits/balance").object["balance"] as? String == "0")
        try await hub.checkLedger()
    }

    /// A prompt whose directive names the most prompt tokens that its own length allows.
    private static func promptThatCostsItsHold(maxTokens: Int) -> String {
        func prompt(_ tokens: Int) -> String { "[[standin: usage=\(tokens),\(maxTokens)]] hello" }
        let tokens = (1...1_000).first { prompt($0).utf8.count + 7 == $0 } ?? 0
        return prompt(tokens)
    }

    /// Rounded up as the hub does it: 1.5 micro-credits for a prompt token, 6 for one of the answer.
    private static func microCost(_ prompt: String, maxTokens: Int) -> Int {
        ((prompt.utf8.count + 7) * 15 + maxTokens * 60 + 9) / 10
    }
}
