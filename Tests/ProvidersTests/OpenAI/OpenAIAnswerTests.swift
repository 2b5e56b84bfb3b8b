import Inference
import Testing

@testable import Providers

@Suite struct OpenAIAnswerTests {
    private static let prompt = ChatPrompt(model: "m", turns: [], maxOutputTokens: 10, requestID: "r")

    private var answer = OpenAIAnswer(to: Self.prompt)

    @Test(
        arguments: [
            (#"{"choices":[{"index":0,"delta":{"content":"Hi"}}]}"#, .text("Hi")),
            (#"{"choices":[{"delta":{"content":"Hi"}}]}"#, .text("Hi")),
            (#"{"choices":[{"index":0,"delta":{"refusal":"No."}}]}"#, .text("No.")),
            (#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#, .nothing),
            (#"{"choices":[{"index":1,"delta":{"content":"Hi"}}]}"#, .nothing),
            (#"{"choices":[{"index":0}],"usage":null}"#, .nothing),
            (#"{"choices":[],"usage":{}}"#, .nothing),
            (#"{"choices":null}"#, .nothing),
            (#"{"error":null}"#, .nothing),
            ("{}", .nothing),
            ("[DONE]", .end),
        ] as [(String, OpenAIAnswer.Step)]
    )
    mutating func `understands each kind of event`(event: String, step: OpenAIAnswer.Step) throws {
        #expect(try self.answer.take(event) == step)
    }

    @Test(arguments: [
        (#"{"error":{"message":"down","type":"server_error","code":null}}"#, "server_error: down"),
        (#"{"choices":[{"index":0,"finish_reason":"error"}],"error":{"message":"down","code":502}}"#, "502: down"),
        (#"{"error":"down"}"#, "down"),
        (#"{"error":{}}"#, "no message"),
    ])
    mutating func `breaks at an error in the stream`(event: String, message: String) {
        #expect(throws: OpenAIAnswer.Broken(message: "error in the stream: \(message)")) {
            try self.answer.take(event)
        }
    }

    @Test(arguments: [#"{"choices":"#, "", "null", "[]", #"{"choices":[{"delta":{"content":7}}]}"#])
    mutating func `breaks at what is no chunk`(event: String) {
        #expect(throws: OpenAIAnswer.Broken.self) { try self.answer.take(event) }
    }

    @Test mutating func `remembers how the answer ended`() throws {
        for event in [
            #"{"model":"m-2026","choices":[{"index":0,"delta":{"content":"Hi"}}]}"#,
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#,
            #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}"#,
            #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"#,
            "[DONE]",
        ] { _ = try self.answer.take(event) }

        #expect(self.answer.isComplete)
        #expect(self.answer.hasText)
        #expect(self.answer.completion.finishReason == "length")
        #expect(self.answer.completion.servedModel == "m-2026")
        #expect(try self.answer.completion.usage == ReportedUsage(promptTokens: 3, completionTokens: 2))
        #expect(self.answer.completion.anomaly == nil)
    }

    @Test func `says so when the provider told nothing`() {
        #expect(!self.answer.isComplete)
        #expect(!self.answer.hasText)
        #expect(self.answer.completion.finishReason == "unknown")
        #expect(self.answer.completion.servedModel == "m")
        #expect(self.answer.completion.anomaly == "no usage")
    }

    @Test(
        arguments: [
            (#"{"prompt_tokens":0,"completion_tokens":0}"#, true, nil),
            (#"{"prompt_tokens":3,"completion_tokens":0,"total_tokens":3}"#, true, nil),
            (#"{"prompt_tokens":3,"completion_tokens":2,"total_tokens":9}"#, true, "total is not the sum"),
            (#"{"prompt_tokens":3,"completion_tokens":11}"#, true, "11 tokens answered, 10 allowed"),
            (#"{"prompt_tokens":0,"completion_tokens":2}"#, false, "an answer to a prompt of no tokens"),
            (#"{"prompt_tokens":-1,"completion_tokens":2}"#, false, "negative usage"),
            (#"{"prompt_tokens":3,"completion_tokens":-2}"#, false, "negative usage"),
            (#"{"prompt_tokens":3,"completion_tokens":1.5}"#, false, "fractional or huge usage"),
            (#"{"prompt_tokens":3,"completion_tokens":99999999999999999999}"#, false, "fractional or huge usage"),
            (#"{"prompt_tokens":2147483648,"completion_tokens":1}"#, false, "fractional or huge usage"),
            (#"{"prompt_tokens":3}"#, false, "usage in part"),
            (#"{"prompt_tokens":3,"completion_tokens":"2"}"#, false, "usage in part"),
            (#"{"prompt_tokens":null,"completion_tokens":2}"#, false, "usage in part"),
        ] as [(String, Bool, String?)]
    )
    mutating func `S-06 zero and absent: trusts only usage that can be`(usage: String, trusted: Bool, anomaly: String?)
        throws
    {
        _ = try self.answer.take(#"{"choices":[],"usage":\#(usage)}"#)

        #expect((self.answer.completion.usage != nil) == trusted)
        #expect(self.answer.completion.anomaly == anomaly)
    }
}

extension OpenAIAnswer {
    fileprivate mutating func take(_ event: String) throws -> Step { try self.take(Array(event.utf8)) }
}
