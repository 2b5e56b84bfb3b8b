import Inference
import Providers
import Testing

/// What the one who reads the answer can do to it: leave, fail, be slow.
@Suite(.timeLimit(.minutes(2))) struct OpenAIChatModelReaderTests {
    private static let limit = 100_000
    private let endless = ChatPrompt.saying("[[standin: repeat=forever delay=1ms]] Hi", maxOutputTokens: Self.limit)

    @Test func `ends the provider's work when the caller leaves`() async throws {
        let standin = try await RunningStandin.shared
        let (pieces, piece) = AsyncStream<ChatEvent>.makeStream()

        try await OpenAIChatModel.with("\(standin.url)/v1") { model in
            let task = Task { try await model.stream(self.endless) { piece.yield($0) } }
            _ = await pieces.first { _ in true }
            task.cancel()

            await #expect(throws: CancellationError.self) { try await task.value }
            try await self.expectEarlyEnd(of: self.endless, at: standin)
        }
    }

    @Test(arguments: ["hang", "delay-head=60s", "delay-first=60s", "stall=0"])
    func `ends the provider's work when the caller leaves before the first text`(script: String) async throws {
        let standin = try await RunningStandin.shared
        let prompt = ChatPrompt.saying("[[standin: \(script)]] Hi")

        try await OpenAIChatModel.with("\(standin.url)/v1") { model in
            let task = Task { try await model.stream(prompt) { _ in } }
            try await standin.opened(prompt.requestID)
            task.cancel()

            await #expect(throws: CancellationError.self) { try await task.value }
            try await self.expectEarlyEnd(of: prompt, at: standin)
        }
    }

    @Test func `ends the provider's work when the reader fails`() async throws {
        struct ReaderIsGone: Error {}
        let standin = try await RunningStandin.shared

        try await OpenAIChatModel.with("\(standin.url)/v1") { model in
            await #expect(throws: ReaderIsGone.self) {
                try await model.stream(self.endless) { _ in throw ReaderIsGone() }
            }
            try await self.expectEarlyEnd(of: self.endless, at: standin)
        }
    }

    @Test func `does not count the time the reader takes`() async throws {
        let baseURL = try await "\(RunningStandin.shared.url)/v1"
        let patience = OpenAIChatModel.Patience(firstByte: .seconds(10), nextByte: .seconds(5))
        let prompt = ChatPrompt.saying("[[standin: repeat=100]] Hi", maxOutputTokens: 300)
        var texts: [String] = []

        let completion = try await OpenAIChatModel.with(baseURL, RunningStandin.key, patience) { model in
            try await model.stream(prompt) {
                if texts.isEmpty { _ = await model.answer(to: .saying("[[standin: delay-head=6s]] Hi")) }
                if case .text(let text) = $0 { texts.append(text) }
            }
        }

        #expect(texts.count == 300)
        #expect(completion.usage?.completionTokens == 300)
    }

    @Test func `does not read ahead of a slow reader`() async throws {
        struct SeenEnough: Error {}
        let standin = try await RunningStandin.shared
        let word = String(repeating: "x", count: 40_000)
        let wanted = 10_000  // 400 MB, far more than buffers on the way hold
        let prompt = ChatPrompt.saying("[[standin: repeat=forever]] \(word)", maxOutputTokens: wanted)
        var producedMeanwhile = 0

        try await OpenAIChatModel.with("\(standin.url)/v1") { model in
            _ = await #expect(throws: SeenEnough.self) {
                try await model.stream(prompt) { _ in
                    producedMeanwhile = try await standin.restingBill(for: prompt.requestID).completionTokens
                    throw SeenEnough()
                }
            }
        }

        #expect(1..<wanted ~= producedMeanwhile)
    }

    /// The provider was asked once, did not finish, and knows that it was left.
    private func expectEarlyEnd(of prompt: ChatPrompt, at standin: RunningStandin) async throws {
        let bill = try await standin.bill(for: prompt.requestID)
        #expect(bill.requests == 1)
        #expect(bill.cancelled == 1)
        #expect(bill.completionTokens < Self.limit)
    }
}
