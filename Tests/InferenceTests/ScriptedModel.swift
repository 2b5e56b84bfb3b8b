import Inference
import Synchronization

/// A model that says what a test tells it to, and counts what it was asked.
final class ScriptedModel: ChatModel {
    /// How its answer ends.
    enum End: Sendable {
        case usage(Double, Double)
        case noUsage
        case failure(ChatModelFailure)
        /// Goes on until the caller's task is cancelled.
        case never
        /// Goes on until the caller's task is cancelled, and fails then.
        case failureWhenCancelled(ChatModelFailure)
    }

    private let texts: [String]
    private let end: End
    private let state = Mutex((prompts: [ChatPrompt](), cancelled: 0))
    /// Yields once for every answer that has reached its end or hangs.
    private let reached: AsyncStream<Void>.Continuation
    let answers: AsyncStream<Void>

    init(_ texts: [String] = ["Hello", ", world"], _ end: End = .usage(5, 4)) {
        self.texts = texts
        self.end = end
        (self.answers, self.reached) = AsyncStream.makeStream()
    }

    /// What it was asked, in order.
    var prompts: [ChatPrompt] { self.state.withLock { $0.prompts } }
    /// How many of its answers were cancelled.
    var cancelled: Int { self.state.withLock { $0.cancelled } }

    func stream(
        _ prompt: ChatPrompt,
        _ receive: (ChatEvent) async throws -> Void
    ) async throws -> ChatCompletion {
        self.state.withLock { $0.prompts.append(prompt) }
        for text in self.texts { try await receive(.text(text)) }
        self.reached.yield()
        switch self.end {
        case .usage(let prompt, let completion):
            return self.completion(try ReportedUsage(promptTokens: prompt, completionTokens: completion))
        case .noUsage:
            return self.completion(nil)
        case .failure(let failure):
            throw failure
        case .never:
            throw await self.cancellation()
        case .failureWhenCancelled(let failure):
            _ = await self.cancellation()
            throw failure
        }
    }

    /// Waits for the caller to leave.
    private func cancellation() async -> CancellationError {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        self.state.withLock { $0.cancelled += 1 }
        return CancellationError()
    }

    private func completion(_ usage: ReportedUsage?) -> ChatCompletion {
        ChatCompletion(finishReason: "stop", servedModel: "scripted-1", usage: usage)
    }
}
