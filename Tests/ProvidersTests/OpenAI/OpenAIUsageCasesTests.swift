import Foundation
import Inference
import Testing

@testable import Providers

/// How other gateways have misread what a provider counted; named as in the list of failure cases.
@Suite struct OpenAIUsageCasesTests {
    private static let prompt = ChatPrompt(
        model: "m",
        turns: [.init(.user, "Hi")],
        maxOutputTokens: 100,
        temperature: 0.5,
        requestID: "r"
    )

    /// Reads a whole answer of one text.
    private func reading(_ events: String...) throws -> (steps: [OpenAIAnswer.Step], ChatCompletion) {
        var answer = OpenAIAnswer(to: Self.prompt)
        let steps = try events.map { try answer.take(Array($0.utf8)) }
        return (steps, answer.completion)
    }

    @Test func `A-14 wrong multiplier: nothing that changes the price goes to the provider but model, text and cap`()
        throws
    {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys

        let body = String(decoding: try encoder.encode(OpenAIRequest(Self.prompt)), as: UTF8.self)

        #expect(
            body == """
                {"max_completion_tokens":100,"messages":[{"content":"Hi","role":"user"}],"model":"m","stream":true,\
                "stream_options":{"include_usage":true},"temperature":0.5}
                """
        )
    }

    @Test(arguments: ["stop", "length", "content_filter", "tool_calls", "error"])
    func `S-03 the terminal ignored: the figures count whatever the answer ended with`(reason: String) throws {
        let (_, completion) = try self.reading(
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"\#(reason)"}]}"#,
            #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#,
            "[DONE]"
        )

        #expect(completion.finishReason == reason)
        #expect(try completion.usage == ReportedUsage(promptTokens: 3, completionTokens: 2))
    }

    @Test func `S-05 error text billed: an error is no text, even when it comes as one`() {
        var answer = OpenAIAnswer(to: Self.prompt)
        let event = #"{"choices":[{"index":0,"delta":{"content":"overloaded"}}],"error":{"message":"overloaded"}}"#

        #expect(throws: OpenAIAnswer.Broken.self) { try answer.take(Array(event.utf8)) }

        #expect(!answer.hasText)
    }

    @Test func `S-08 a part taken for an addition: cached and reasoning tokens are within the figures`() throws {
        let (_, completion) = try self.reading(
            """
            {"choices":[],"usage":{"prompt_tokens":2006,"completion_tokens":90,"total_tokens":2096,\
            "prompt_tokens_details":{"cached_tokens":1920,"cache_write_tokens":40,"audio_tokens":0},\
            "completion_tokens_details":{"reasoning_tokens":64,"rejected_prediction_tokens":6}}}
            """
        )

        #expect(try completion.usage == ReportedUsage(promptTokens: 2006, completionTokens: 90))
        #expect(completion.anomaly == nil)
    }

    @Test(arguments: [([5, 9, 14], 14), ([1, 0], 0)] as [([Int], Int32)])
    func `S-09 running totals added: the last figures count, neither the sum nor the largest`(
        told: [Int],
        counted: Int32
    ) throws {
        var answer = OpenAIAnswer(to: Self.prompt)
        for tokens in told {
            let event = #"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":\#(tokens)}}"#
            _ = try answer.take(Array(event.utf8))
        }

        #expect(answer.completion.usage?.promptTokens == 7)
        #expect(answer.completion.usage?.completionTokens == counted)
    }

    @Test func `S-12 the usage chunk leaks: it is asked for and read, and never handed on`() throws {
        let (steps, completion) = try self.reading(
            #"{"choices":[{"index":0,"delta":{"content":"Hi"}}],"usage":null}"#,
            #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#,
            "[DONE]"
        )

        #expect(steps == [.text("Hi"), .nothing, .end])
        #expect(completion.usage?.completionTokens == 1)
    }
}
