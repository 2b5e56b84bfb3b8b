import Contract
import Credits
import Foundation
import Inference
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct ChatTests {
    @Test func `an answer streams and is charged exactly what the provider counted`() async throws {
        let model = ScriptedModel(["Hel", "lo"], .usage(5, 4))
        try await withChat(model) { hub in
            let answer = try await hub.ask(hub.request())

            #expect(answer.text == "Hello")
            #expect(answer.done?.finishReason == "stop")
            #expect(answer.done?.servedModel == "scripted-1")
            #expect(answer.done?.usage.promptTokens == 5)
            #expect(answer.done?.usage.completionTokens == 4)
            #expect(answer.done?.usage.quality == .exact)
            #expect(answer.done?.usage.creditsCharged == "0.000013")
            #expect(answer.done?.usage.creditsAvailable == "0.999987")
            #expect(try await hub.balance() == [999_987, 0])
            #expect(try await hub.record() == ["1", "13", "1", "stop"])
        }
    }

    @Test func `the provider is told the cap that the hold pays for`() async throws {
        let model = ScriptedModel()
        try await withChat(model) { hub in
            for asked in [0, 100, 200, 201, Int32.max] {
                var request = hub.request()
                request.maxTokens = asked
                _ = try await hub.ask(request)
            }

            #expect(model.prompts.map(\.maxOutputTokens) == [200, 100, 200, 200, 200])
        }
    }

    @Test func `figures that are missing are estimated from the text and marked`() async throws {
        try await withChat(ScriptedModel(["0123456789"], .noUsage)) { hub in
            let usage = try await hub.ask(hub.request("abc")).done?.usage

            #expect(usage?.quality == .estimated)
            // a third of 3 bytes, 4 around the turn, 3 before the reply
            #expect(usage?.promptTokens == 8)
            #expect(usage?.completionTokens == 4)
            #expect(try await hub.balance() == [1_000_000 - 8 - 2 * 4, 0])
        }
    }

    @Test func `too few credits are refused before the provider is called`() async throws {
        let model = ScriptedModel()
        try await withChat(model) { hub in
            var dear = hub.request()
            dear.messages[0].content = String(repeating: "x", count: 500_000)
            dear.messages.append(contentsOf: Array(repeating: ChatMessage.with { $0.role = "user" }, count: 900))
            dear.maxTokens = 200
            try await hub.database.put(scriptedModel.costing(1_000))

            let error = try await #require(throws: Status.self) { try await hub.ask(dear) }

            #expect(error.code == .resourceExhausted)
            #expect(error.errorInfo?.reason == "INSUFFICIENT_CREDITS")
            #expect(model.prompts.isEmpty)
            #expect(try await hub.balance() == [1_000_000, 0])
            #expect(try await hub.record() == ["3", "0", "0", "INSUFFICIENT_CREDITS"])
        }
    }

    @Test func `a provider that fails before any text costs nothing`() async throws {
        let failure = ChatModelFailure(.refused(status: 429), "slow down", retryAfter: .seconds(7))
        try await withChat(ScriptedModel([], .failure(failure))) { hub in
            let error = try await #require(throws: Status.self) { try await hub.ask(hub.request()) }

            #expect(error.code == .unavailable)
            #expect(error.errorInfo?.reason == "PROVIDER_UNAVAILABLE")
            #expect(error.retryDelay == .seconds(7))
            #expect(error.message.contains("slow down") == false)
            #expect(try await hub.balance() == [1_000_000, 0])
            #expect(try await hub.record() == ["3", "0", "0", "PROVIDER_UNAVAILABLE"])
        }
    }

    @Test func `a provider that breaks off is charged for what it gave`() async throws {
        let model = ScriptedModel(["0123456789"], .failure(ChatModelFailure(.midStream, "reset")))
        try await withChat(model) { hub in
            let error = try await #require(throws: Status.self) { try await hub.ask(hub.request("abc")) }

            #expect(error.code == .unavailable)
            #expect(error.errorInfo?.metadata["credits_charged"] == "0.000016")
            #expect(try await hub.balance() == [1_000_000 - 16, 0])
            #expect(try await hub.record() == ["2", "16", "2", "PROVIDER_UNAVAILABLE"])
        }
    }

    @Test func `S-11 a drain cancelled: who hangs up stops the provider and pays for what came`() async throws {
        let model = ScriptedModel(["0123456789"], .never)
        try await withChat(model) { hub in
            let asking = Task { try await hub.ask(hub.request("abc")) }
            var answers = model.answers.makeAsyncIterator()
            await answers.next()

            asking.cancel()

            await #expect(throws: (any Error).self) { try await asking.value }
            try await eventually { try await hub.record().first == "2" }
            #expect(model.cancelled == 1)
            #expect(try await hub.balance() == [1_000_000 - 16, 0])
        }
    }

    @Test func `a deadline stops the provider and what came is charged`() async throws {
        let model = ScriptedModel(["0123456789"], .never)
        try await withChat(model) { hub in
            var options = CallOptions(as: hub.user)
            options.timeout = .seconds(3)

            let error = try await #require(throws: Status.self) {
                try await hub.chat.chat(hub.request("abc"), options) { responses in
                    for try await _ in responses {}
                }
            }

            #expect(error.code == .deadlineExceeded)
            try await eventually { try await hub.record().first == "2" }
            #expect(model.cancelled == 1)
            #expect(try await hub.balance() == [1_000_000 - 16, 0])
        }
    }

    @Test func `a request id seen before is answered with the first outcome and charged once`() async throws {
        let model = ScriptedModel()
        try await withChat(model) { hub in
            let request = hub.request(requestID: "r1")
            _ = try await hub.ask(request)

            let error = try await #require(throws: Status.self) { try await hub.ask(request) }

            #expect(error.code == .alreadyExists)
            #expect(error.errorInfo?.reason == "DUPLICATE_REQUEST")
            #expect(error.errorInfo?.metadata["state"] == "answered")
            #expect(error.errorInfo?.metadata["credits_charged"] == "0.000013")
            #expect(model.prompts.count == 1)
            #expect(try await hub.balance() == [999_987, 0])
        }
    }

    @Test func `the same request id with another body is refused`() async throws {
        let model = ScriptedModel()
        try await withChat(model) { hub in
            _ = try await hub.ask(hub.request("one", requestID: "r1"))

            let error = try await #require(throws: Status.self) {
                try await hub.ask(hub.request("two", requestID: "r1"))
            }

            #expect(error.code == .invalidArgument)
            #expect(model.prompts.count == 1)
        }
    }

    @Test func `twenty copies of one request at once call the provider once`() async throws {
        let model = ScriptedModel()
        try await withChat(model) { hub in
            let request = hub.request(requestID: "r1")

            let answered = await withTaskGroup { group in
                for _ in 0..<20 { group.addTask { (try? await hub.ask(request)) != nil } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }

            let balance = try await hub.balance()
            #expect(answered == 1)
            #expect(model.prompts.count == 1)
            #expect(balance == [999_987, 0])
        }
    }

    @Test func `an account that can pay for ten chats at once starts exactly ten of fifty`() async throws {
        let model = ScriptedModel(["Hi"], .never)
        try await withChat(model) { hub in
            // A chat holds 9 bytes of prompt, 7 around them and 100 tokens at twice the price.
            try await hub.database.put(scriptedModel.costing(462))

            let refused = Watched(0)
            let chats = (0..<50).map { _ in
                Task {
                    do {
                        _ = try await hub.ask(hub.request())
                    } catch let error as Status where error.errorInfo?.reason == "INSUFFICIENT_CREDITS" {
                        refused.update { $0 += 1 }
                    }
                }
            }
            var answers = model.answers.makeAsyncIterator()
            for _ in 0..<10 { await answers.next() }
            try await refused.wait(for: "40 refusals") { $0 == 40 ? () : nil }
            #expect(model.prompts.count == 10)

            for chat in chats { chat.cancel() }

            try await eventually("the end of all calls") {
                try await hub.database.first("SELECT count(*) FROM chat_call WHERE state = 0") { try $0.int(0) } == 0
            }
            #expect(refused.state == 40)
        }
    }

    /// A field, and a way to spoil it.
    struct Wrong: Sendable {
        let field: String
        let spoil: @Sendable (inout ChatRequest) -> Void

        init(_ field: String, _ spoil: @escaping @Sendable (inout ChatRequest) -> Void) {
            self.field = field
            self.spoil = spoil
        }
    }

    @Test(arguments: [
        Wrong("request_id") { $0.requestID = "" },
        Wrong("model") { $0.model = "" },
        Wrong("model") { $0.model = "scripted\u{0}" },
        Wrong("model") { $0.model = String(repeating: "x", count: 257) },
        Wrong("messages") { $0.messages = [] },
        Wrong("messages") { $0.messages = Array(repeating: .with { $0.role = "user" }, count: 1_001) },
        Wrong("messages") { $0.messages[0].content = String(repeating: "x", count: 524_289) },
        Wrong("messages[0].role") { $0.messages[0].role = "root" },
        Wrong("max_tokens") { $0.maxTokens = -1 },
        Wrong("temperature") { $0.temperature = 2.1 },
        Wrong("temperature") { $0.temperature = .nan },
    ])
    func `a field that is wrong is named`(wrong: Wrong) async throws {
        let model = ScriptedModel()
        try await withChat(model) { hub in
            var request = hub.request()
            wrong.spoil(&request)

            let error = try await #require(throws: Status.self) { try await hub.ask(request) }

            #expect(error.code == .invalidArgument)
            #expect(error.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == [wrong.field])
            #expect(model.prompts.isEmpty)
        }
    }

    @Test func `A-07 an unpriced kind: a model that nobody has priced is not found and not asked`() async throws {
        let model = ScriptedModel()
        try await withChat(model) { hub in
            var request = hub.request()
            request.model = "gpt-0"

            let error = try await #require(throws: Status.self) { try await hub.ask(request) }

            #expect(error.code == .notFound)
            #expect(model.prompts.isEmpty)
            await #expect(throws: PostgresError.self) {
                try await hub.database.run("UPDATE model SET output_price = NULL")
            }
        }
    }

    @Test func `the models are listed with their prices`() async throws {
        try await withChat(ScriptedModel()) { hub in
            let models = try await hub.queries.listModels(.init(), CallOptions(as: hub.user)).models

            #expect(models.map(\.modelID) == ["scripted"])
            #expect(models.map(\.inputPrice) == ["1"])
            #expect(models.map(\.outputPrice) == ["2"])
        }
    }
}

extension PricedModel {
    /// The same model at a multiple of its price.
    func costing(_ times: Int64, named name: String? = nil) -> PricedModel {
        PricedModel(
            modelID: name ?? self.modelID,
            provider: self.provider,
            upstreamName: self.upstreamName,
            price: TokenPrice(
                input: CreditAmount(micro: self.price.input.micro * times),
                output: CreditAmount(micro: self.price.output.micro * times)
            ),
            contextTokens: self.contextTokens,
            maxOutputTokens: self.maxOutputTokens
        )
    }
}
