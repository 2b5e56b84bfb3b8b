import Inference
import Logging
import Testing

@testable import Providers

/// What comes of a conversation when all goes well.
@Suite(.timeLimit(.minutes(2))) struct OpenAIChatModelTests {
    @Test func `streams an answer and tells how it ended`() async throws {
        let talk = try await Talk("Grüße, 世界 👋🏽")

        #expect(talk.texts == ["You", " said:", " Grüße,", " 世界", " 👋🏽"])
        #expect(try talk.completion.finishReason == "stop")
        #expect(try talk.completion.servedModel == "standin-small")
        #expect(try talk.completion.usage == ReportedUsage(promptTokens: 9, completionTokens: 5))
        #expect(try talk.completion.anomaly == nil)
        #expect(talk.bill == .init(requests: 1, promptTokens: 9, completionTokens: 5))
    }

    @Test func `ends at the most tokens it may have`() async throws {
        let talk = try await Talk("one two three", maxOutputTokens: 4)

        #expect(talk.text == "You said: one two")
        #expect(try talk.completion.finishReason == "length")
        #expect(talk.bill.completionTokens == 4)
    }

    @Test func `sends the whole conversation to the model that was asked for`() async throws {
        var prompt = ChatPrompt.saying("Bye")
        prompt.model = "standin-large"
        prompt.turns = [.init(.system, "Be kind."), .init(.user, "Hi"), .init(.assistant, "Hi!")] + prompt.turns
        prompt.temperature = 0.5

        let talk = try await Talk(prompt)

        #expect(talk.text == "You said: Bye")
        #expect(try talk.completion.servedModel == "standin-large")
        #expect(talk.bill.promptTokens == 20)
    }

    @Test(arguments: ["bytes=1", "bytes=7 crlf", "comments", "comments crlf bytes=1", "twice-usage"])
    func `does not mind how the events are written`(script: String) async throws {
        let talk = try await Talk("[[standin: \(script)]] Grüße 👋🏽")

        #expect(talk.text == "You said: Grüße 👋🏽")
        #expect(try talk.completion.usage?.completionTokens == 4)
    }

    @Test func `tells which model answered`() async throws {
        let talk = try await Talk("[[standin: model=standin-2026]] Hi")

        #expect(try talk.completion.servedModel == "standin-2026")
    }

    @Test(
        arguments: [
            ("no-usage", nil, "no usage"),
            ("usage=-1,5", nil, "negative usage"),
            ("usage=7,-5", nil, "negative usage"),
            ("usage=0,5", nil, "an answer to a prompt of no tokens"),
            ("usage=7,1.5", nil, "fractional or huge usage"),
            ("usage=7,99999999999999999999", nil, "fractional or huge usage"),
            ("usage=0,0", 0, nil),
            ("usage=7,101", 101, "101 tokens answered, 100 allowed"),
            ("repeat=99 overrun=5", 105, "105 tokens answered, 100 allowed"),
        ] as [(String, Int32?, String?)]
    )
    func `trusts only usage that can be`(script: String, tokens: Int32?, anomaly: String?) async throws {
        let talk = try await Talk("[[standin: \(script)]] Hi")

        #expect(try talk.completion.usage?.completionTokens == tokens)
        #expect(try talk.completion.anomaly == anomaly)
    }

    @Test func `answers two hundred at the same time, and again`() async throws {
        let baseURL = try await "\(RunningStandin.shared.url)/v1"

        let texts = try await OpenAIChatModel.with(baseURL) { model in
            await withTaskGroup(of: [String].self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        let first = await model.answer(to: .saying("[[standin: delay=1ms]] one")).texts.joined()
                        let second = await model.answer(to: .saying("two")).texts.joined()
                        return [first, second]
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
        }

        #expect(texts.count == 400)
        #expect(Set(texts) == ["You said: one", "You said: two"])
    }

    @Test(arguments: ["", "host/v1", "ftp://host/v1", "http://", "http:///v1"])
    func `refuses what is no base URL`(baseURL: String) {
        #expect(throws: OpenAIChatModel.InvalidBaseURL.self) {
            try OpenAIChatModel(baseURL: baseURL, key: "", logger: Logger(label: "test"))
        }
    }
}
