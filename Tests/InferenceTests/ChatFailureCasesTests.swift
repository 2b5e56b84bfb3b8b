import Contract
import Credits
import Foundation
import Inference
import Postgres
import RPC
import Support
import Testing

/// How other gateways have charged wrongly for answers; named as in the list of failure cases.
@Suite struct ChatFailureCasesTests {
    @Test func `A-03 pay after: the provider is not asked before the hold is in the ledger`() async throws {
        let model = ScriptedModel(["Hello"], .never)
        try await withChat(model) { hub in
            let asking = Task { try await hub.ask(hub.request()) }
            var answers = model.answers.makeAsyncIterator()
            await answers.next()

            #expect(try await hub.balance()[1] > 0)
            asking.cancel()
            try await eventually { try await hub.balance()[1] == 0 }
        }
    }

    @Test func `A-04 A-05 shrunken hold, guessed output: the provider is told the cap that is held for`() async throws {
        let model = ScriptedModel()
        try await withChat(model) { hub in
            var request = hub.request()
            request.maxTokens = 0

            _ = try await hub.ask(request)

            let held = try #require(
                try await hub.database.first("SELECT held FROM entry WHERE kind = 6") { try $0.int(0) }
            )
            let cap = try #require(model.prompts.first?.maxOutputTokens)
            #expect(cap == Int(scriptedModel.maxOutputTokens))
            #expect(held >= Int64(cap) * scriptedModel.price.output.micro / 1_000_000)
        }
    }

    @Test(arguments: [
        ChatModelFailure(.notSent, "no route"), ChatModelFailure(.refused(status: 500), "broken"),
        ChatModelFailure(.ambiguous, "reset"),
    ])
    func `L-06 S-02 leaked hold, charged for nothing: a provider that fails empty costs nothing`(
        failure: ChatModelFailure
    ) async throws {
        try await withChat(ScriptedModel([], .failure(failure))) { hub in
            await #expect(throws: Status.self) { try await hub.ask(hub.request()) }

            let balance = try await hub.balance()
            #expect(balance == [1_000_000, 0])
        }
    }

    @Test func `L-06 leaked hold: however an answer ends, nothing stays held`() async throws {
        let ends: [ScriptedModel.End] = [.usage(5, 4), .noUsage, .failure(ChatModelFailure(.midStream, "reset"))]
        for end in ends {
            try await withChat(ScriptedModel(["Hello"], end)) { hub in
                _ = try? await hub.ask(hub.request())
                let balance = try await hub.balance()
                #expect(balance[0] < 1_000_000)
                #expect(balance[1] == 0)
            }
        }
    }

    @Test func `L-08 half settled: a charge whose record is lost is told from the ledger, and not made again`()
        async throws
    {
        let model = ScriptedModel()
        try await withChat(model) { hub in
            let request = hub.request()
            try await hub.database.run("ALTER TABLE chat_call ADD CONSTRAINT poison CHECK (state = 0)")
            await #expect(throws: Status.self) { try await hub.ask(request) }
            try await hub.database.run("ALTER TABLE chat_call DROP CONSTRAINT poison")

            let again = await #expect(throws: Status.self) { try await hub.ask(request) }

            #expect(again?.errorInfo?.metadata["state"] == "answered")
            #expect(again?.errorInfo?.metadata["credits_charged"] == "0.000013")
            #expect(model.prompts.count == 1)
            #expect(try await hub.balance() == [999_987, 0])
        }
    }

    @Test func `S-01 hanging up is free: who leaves after the provider was asked pays at least for the prompt`()
        async throws
    {
        let model = ScriptedModel([], .never)
        try await withChat(model) { hub in
            let asking = Task { try await hub.ask(hub.request("a prompt of some length")) }
            var answers = model.answers.makeAsyncIterator()
            await answers.next()

            asking.cancel()

            try await eventually { try await hub.balance()[1] == 0 }
            #expect(try await hub.balance()[0] < 1_000_000)
        }
    }

    @Test func `S-04 no usage is free: it is estimated, charged and marked`() async throws {
        try await withChat(ScriptedModel(["Hello, world"], .noUsage)) { hub in
            let answer = try await hub.ask(hub.request())

            #expect(answer.done?.usage.quality == .estimated)
            #expect(answer.done?.usage.creditsCharged != "0")
        }
    }

    @Test func `S-05 error text billed: what a provider says as it breaks off is not part of the answer`() async throws
    {
        let failure = ChatModelFailure(.midStream, String(repeating: "overloaded ", count: 50))
        try await withChat(ScriptedModel(["0123456789"], .failure(failure))) { hub in
            await #expect(throws: Status.self) { try await hub.ask(hub.request("abc")) }

            // 8 tokens of prompt, and a third of 10 bytes at twice the price
            let record = try await hub.record()
            #expect(record == ["2", "16", "2", "PROVIDER_UNAVAILABLE"])
        }
    }

    @Test(arguments: [(-1, 5), (5, -1), (.nan, 1), (1.5, 1), (1e30, 1)] as [(Double, Double)])
    func `S-07 negative credit: figures that cannot be are no figures`(prompt: Double, completion: Double) {
        #expect(throws: (any Error).self) { try ReportedUsage(promptTokens: prompt, completionTokens: completion) }
    }
}
