import Inference
import Providers
import Support
import Testing

/// What comes of a conversation when the provider fails: how far it had come, what is billed, who is told.
@Suite(.timeLimit(.minutes(2))) struct OpenAIChatModelFaultTests {
    private static let hasty = OpenAIChatModel.Patience(firstByte: .seconds(10), nextByte: .seconds(5))

    @Test(
        arguments: [
            ("status=400", .permanent(status: 400)),
            ("status=404 plain", .permanent(status: 404)),
            ("status=422", .permanent(status: 422)),
            ("status=429 retry-after=60", .refused(status: 429)),
            ("status=408", .ambiguous),
            ("status=500", .ambiguous),
            ("status=502 plain", .ambiguous),
            ("status=504", .ambiguous),
        ] as [(String, ChatModelFailure.Phase)]
    )
    func `takes a refusal as final, passing or unclear`(script: String, phase: ChatModelFailure.Phase) async throws {
        let talk = try await Talk("[[standin: \(script)]] Hi")

        #expect(talk.texts.isEmpty)
        #expect(talk.failure?.phase == phase)
        #expect(talk.failure?.needsOperator == false)
        #expect(talk.bill == .init(requests: 1, refused: 1))
    }

    @Test(
        arguments: [
            ("cut=0", .ambiguous, 0),
            ("reset=0", .ambiguous, 0),
            ("error=0", .ambiguous, 0),
            ("malformed=0", .ambiguous, 0),
            ("error=2", .midStream, 2),
            ("malformed=2", .midStream, 2),
            ("malformed=3", .midStream, 3),
            ("no-done", .midStream, 3),
        ] as [(String, ChatModelFailure.Phase, Int)]
    )
    func `S-10 a cut stream is a success: never takes a broken stream for an answer`(
        script: String,
        phase: ChatModelFailure.Phase,
        pieces: Int
    ) async throws {
        let talk = try await Talk("[[standin: \(script)]] Hi")

        #expect(talk.texts == Array(["You", " said:", " Hi"].prefix(pieces)))
        #expect(talk.failure?.phase == phase)
        #expect(talk.bill.requests == 1)
    }

    /// The HTTP client drops what the reader has not fetched yet when the connection ends.
    @Test func `S-10 a cut stream is a success: never takes one that is cut in the middle for an answer`() async throws
    {
        let talk = try await Talk("[[standin: cut=2]] Hi")

        #expect(["You", " said:"].starts(with: talk.texts))
        #expect(talk.failure?.phase == (talk.texts.isEmpty ? .ambiguous : .midStream))
        #expect(talk.bill.requests == 1)
    }

    @Test func `refuses an event that is too large`() async throws {
        let talk = try await Talk(String(repeating: "x", count: 1_100_000))

        #expect(talk.texts == ["You", " said:"])
        #expect(talk.failure?.phase == .midStream)
        #expect(talk.failure?.message == "an event of the stream is too large")
    }

    @Test func `does without a refusal's body that is too large`() async throws {
        let talk = try await Talk("[[standin: status=403 plain]] Hi")

        #expect(talk.failure?.message == "HTTP 403 without a readable error")
    }

    @Test func `notices a reset in the middle of an answer`() async throws {
        let talk = try await Talk("[[standin: delay=1ms reset=2]] Hi")

        #expect(talk.failure?.mayBeBilled == true)
        #expect(talk.bill.completionTokens == 2)
    }

    @Test func `keeps the usage of an answer that lacks only its end`() async throws {
        let talk = try await Talk("[[standin: no-done]] Hi")

        #expect(talk.failure?.usage?.completionTokens == 3)
    }

    @Test func `cannot tell whether work without an answer is billed`() async throws {
        let talk = try await Talk("[[standin: drop]] Hi")

        #expect(talk.failure?.phase == .ambiguous)
        #expect(talk.bill == .init(requests: 1, promptTokens: 9, completionTokens: 3))
    }

    @Test(
        arguments: [
            ("hang", .ambiguous, 0),
            ("delay-head=60s", .ambiguous, 0),
            ("delay-first=60s", .ambiguous, 0),
            ("stall=0", .ambiguous, 0),
            ("stall=2", .midStream, 2),
        ] as [(String, ChatModelFailure.Phase, Int)]
    )
    func `leaves a provider that is silent for too long`(
        script: String,
        phase: ChatModelFailure.Phase,
        pieces: Int
    ) async throws {
        let talk = try await Talk("[[standin: \(script)]] Hi", patience: Self.hasty)

        #expect(talk.texts.count == pieces)
        #expect(talk.failure?.phase == phase)
        #expect(talk.bill.cancelled == 1)
    }

    @Test func `waits for a provider that is slow but not silent`() async throws {
        let talk = try await Talk(
            "[[standin: repeat=30 delay-head=50ms delay-first=50ms delay=60ms]] Hi",
            patience: Self.hasty
        )

        #expect(talk.texts.count == 90)
    }

    @Test func `calls the operator when the key is refused, and keeps the key to itself`() async throws {
        let log = LogRecorder()

        let talk = try await Talk("Hi", key: "our-secret", logger: log.logger)

        #expect(talk.failure?.phase == .permanent(status: 401))
        #expect(talk.failure?.needsOperator == true)
        #expect(log.recorded.count == 1)
        #expect((log.recorded + ["\(talk)"]).allSatisfy { !$0.contains("our-secret") })
    }

    @Test func `calls the operator when our account is empty, and asks only once`() async throws {
        let talk = try await Talk("[[standin: status=429 code=credit_balance_exhausted]] Hi")

        #expect(talk.failure?.phase == .permanent(status: 429))
        #expect(talk.failure?.needsOperator == true)
        #expect(talk.bill.requests == 1)
    }
}
