import Contract
import Credits
import Inference
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

/// How other gateways have let chats through that nobody pays for; named as in the list of failure cases.
@Suite struct ChatAdmissionCasesTests {
    @Test func `A-08 side door: every method that asks a model holds credits, and no other asks one`() async throws {
        let model = ScriptedModel()
        try await withChat(model) { hub in
            let calls: [String: () async throws -> Void] = [
                InferenceCommands.chat.descriptor.path: { _ = try await hub.ask(hub.request()) },
                InferenceQueries.listModels.descriptor.path: {
                    _ = try await hub.queries.listModels(.init(), CallOptions(as: hub.user))
                },
            ]

            for (method, policy) in ContractMethods.all
            where method.service.hasPrefix("hub.inference.") || policy.rate == .inference {
                let asked = model.prompts.count
                let call = try #require(calls[method.path], "nothing here calls \(method.path)")

                try await call()

                let holds = try await hub.holds()
                #expect(model.prompts.count - asked == (method.safety == .command ? 1 : 0), "\(method.path)")
                #expect(holds.count == model.prompts.count, "\(method.path)")
            }
        }
    }

    @Test
    func `A-13 endless stream: a provider that goes on beyond the cap is stopped, and the hold is the most it costs`()
        async throws
    {
        let model = ScriptedModel(Array(repeating: "word ", count: 10_000), .usage(5, 10_000))
        try await withChat(model) { hub in
            let answer = try await hub.ask(hub.request())

            // No token is longer than 128 bytes.
            #expect((1...100 * 128).contains(answer.text.utf8.count))
            #expect(answer.done?.finishReason == "length")
            // a third of 9 bytes, 4 around the turn, 3 before the reply; 100 tokens at twice the price
            #expect(try await hub.record() == ["1", "210", "2", "length"])
            #expect(try await hub.balance() == [1_000_000 - 210, 0])
            let held = try await hub.holds()
            #expect(held.count == 1 && held[0] >= 210)
        }
    }

    /// Something that makes a chat dearer, or not, and what is held for it.
    struct Change: Sendable {
        let held: Int64
        let make: @Sendable (inout ChatRequest) -> Void

        init(holds held: Int64, _ make: @escaping @Sendable (inout ChatRequest) -> Void = { _ in }) {
            self.held = held
            self.make = make
        }
    }

    @Test(arguments: [
        // 9 bytes of prompt, 7 around them, and 100 tokens of answer at twice the price
        Change(holds: 9 + 7 + 200),
        Change(holds: 10 + 7 + 200) { $0.messages[0].content += "!" },
        Change(holds: 9 + 7 + 5 + 4 + 200) {
            $0.messages.append(
                .with {
                    $0.role = "system"
                    $0.content = "Brief"
                }
            )
        },
        Change(holds: 9 + 7 + 300) { $0.maxTokens = 150 },
        Change(holds: 9 + 7 + 400) { $0.maxTokens = 0 },
        Change(holds: 9 + 7 + 200) { $0.temperature = 2 },
        Change(holds: 3 * (9 + 7 + 200)) { $0.model = "dear" },
    ])
    func `A-14 wrong multiplier: whatever makes a chat dearer is in its hold`(change: Change) async throws {
        try await withChat(ScriptedModel()) { hub in
            try await hub.database.put(scriptedModel.costing(3, named: "dear"))
            var request = hub.request()
            change.make(&request)

            _ = try await hub.ask(request)

            #expect(try await hub.holds() == [change.held])
        }
    }
}

extension ChatHub {
    /// What was held for each chat, in micro-credits.
    fileprivate func holds() async throws -> [Int64] {
        try await self.database.rows("SELECT held FROM entry WHERE kind = 6 ORDER BY version") { try $0.int(0) }
    }
}
