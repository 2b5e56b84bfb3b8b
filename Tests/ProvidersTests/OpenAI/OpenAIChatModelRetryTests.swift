import Inference
import Providers
import Support
import Testing

/// When the provider is asked again.
@Suite(.timeLimit(.minutes(2))) struct OpenAIChatModelRetryTests {
    @Test(
        arguments: [
            ("status=429 retry-after=7 times=1", [.seconds(7)]),
            ("status=429 times=1", [.milliseconds(500)]),
            ("status=503 times=2", [.milliseconds(500), .seconds(1)]),
            ("status=503 plain retry-after=10 times=2", [.seconds(10), .seconds(10)]),
        ] as [(String, [Duration])]
    )
    func `asks again after the right wait`(script: String, waits: [Duration]) async throws {
        let clock = InstantClock()

        let talk = try await Talk("[[standin: \(script)]] Hi", clock: clock)

        #expect(talk.text == "You said: Hi")
        #expect(clock.waits == waits)
        #expect(talk.bill.requests == waits.count + 1)
        #expect(talk.bill.refused == waits.count)
        #expect(talk.bill.completionTokens == 3)
    }

    @Test func `gives up after three refusals`() async throws {
        let talk = try await Talk("[[standin: status=503]] Hi")

        #expect(talk.failure?.phase == .refused(status: 503))
        #expect(talk.bill == .init(requests: 3, refused: 3))
    }

    @Test func `does not wait longer than ten seconds`() async throws {
        let clock = InstantClock()

        let talk = try await Talk("[[standin: status=429 retry-after=11]] Hi", clock: clock)

        #expect(talk.failure?.phase == .refused(status: 429))
        #expect(talk.failure?.retryAfter == .seconds(11))
        #expect(clock.waits.isEmpty)
    }

    @Test func `knows that nothing was sent when nobody listens`() async throws {
        let clock = InstantClock()
        let gone = try await RunningStandin()
        gone.program.terminate()
        try await gone.program.exit()

        let (_, result) = try await OpenAIChatModel.with("\(gone.url)/v1", RunningStandin.key, .init(), clock) {
            await $0.answer(to: .saying("Hi"))
        }

        let failure = try #require(throws: ChatModelFailure.self) { try result.get() }
        #expect(failure.phase == .notSent)
        #expect(!failure.mayBeBilled)
        #expect(clock.waits.count == 2)
    }

    @Test func `stops waiting when the caller leaves, and says that nothing was billed`() async throws {
        let standin = try await RunningStandin.shared
        let prompt = ChatPrompt.saying("[[standin: status=429 retry-after=10]] Hi")

        let clock = InstantClock(stands: true)
        try await OpenAIChatModel.with("\(standin.url)/v1", RunningStandin.key, .init(), clock) { model in
            let task = Task { try await model.stream(prompt) { _ in } }
            // Not that the stand-in has refused: the refusal may be on its way still.
            try await eventually("a wait") { clock.waits.count == 1 }

            task.cancel()

            let failure = await #expect(throws: ChatModelFailure.self) { try await task.value }
            #expect(failure?.mayBeBilled == false)
        }
        #expect(try await standin.bill(for: prompt.requestID).requests == 1)
    }
}
