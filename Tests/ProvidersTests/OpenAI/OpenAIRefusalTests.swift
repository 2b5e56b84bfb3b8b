import Inference
import NIOHTTP1
import Testing

@testable import Providers

@Suite struct OpenAIRefusalTests {
    @Test(
        arguments: [
            (400, .permanent(status: 400), false),
            (401, .permanent(status: 401), true),
            (402, .permanent(status: 402), true),
            (403, .permanent(status: 403), true),
            (404, .permanent(status: 404), false),
            (302, .permanent(status: 302), false),
            (408, .ambiguous, false),
            (409, .refused(status: 409), false),
            (429, .refused(status: 429), false),
            (500, .ambiguous, false),
            (502, .ambiguous, false),
            (503, .refused(status: 503), false),
            (504, .ambiguous, false),
            (529, .refused(status: 529), false),
        ] as [(Int, ChatModelFailure.Phase, Bool)]
    )
    func `goes by the status`(status: Int, phase: ChatModelFailure.Phase, needsOperator: Bool) {
        let failure = OpenAIRefusal(status: status, headers: [:], body: []).failure

        #expect(failure.phase == phase)
        #expect(failure.needsOperator == needsOperator)
    }

    @Test(arguments: [
        ("rate_limit_exceeded", "requests", true),
        ("slow_down", "insufficient_quota", true),
        ("insufficient_quota", "insufficient_quota", false),
        ("credit_balance_exhausted", "insufficient_quota", false),
        ("organization_spend_limit_exceeded", "requests", false),
        ("project_spend_limit_exceeded", "requests", false),
        ("organization_usage_limit_exceeded", "requests", false),
        ("never_heard_of", "insufficient_quota", false),
        ("never_heard_of", "requests", true),
    ])
    func `tells a full minute from an empty account`(code: String, type: String, passes: Bool) {
        let body = #"{"error":{"message":"no","type":"\#(type)","param":null,"code":"\#(code)"}}"#

        let failure = OpenAIRefusal(status: 429, headers: [:], body: Array(body.utf8)).failure

        #expect(failure.phase == (passes ? .refused(status: 429) : .permanent(status: 429)))
        #expect(failure.needsOperator == !passes)
        #expect(failure.message == "HTTP 429 \(type)/\(code): no")
    }

    @Test func `does not come back where it is told not to`() {
        let failure = OpenAIRefusal(status: 503, headers: ["x-should-retry": "false"], body: []).failure

        #expect(failure.phase == .permanent(status: 503))
    }

    @Test(arguments: ["<html>Bad Gateway</html>", "", #"{"error":"#, #"{"detail":"no"}"#])
    func `does without a readable body`(body: String) {
        let refusal = OpenAIRefusal(status: 503, headers: ["Retry-After": "7"], body: Array(body.utf8))

        #expect(refusal.failure.message == "HTTP 503 without a readable error")
        #expect(refusal.failure.retryAfter == .seconds(7))
    }

    @Test func `keeps a long message short`() {
        let body = #"{"error":{"message":"\#(String(repeating: "x", count: 5000))"}}"#

        let failure = OpenAIRefusal(status: 400, headers: [:], body: Array(body.utf8)).failure

        #expect(failure.message.count < 320)
    }
}
