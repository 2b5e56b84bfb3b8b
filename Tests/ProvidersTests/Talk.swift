import Foundation
import Inference
import Logging
import Providers

/// A conversation with a model of the stand-in, and what came of it.
struct Talk: Sendable {
    /// The pieces of the answer.
    let texts: [String]
    /// What a provider would have billed.
    let bill: RunningStandin.Bill
    private let result: Result<ChatCompletion, any Error>

    init(
        _ prompt: ChatPrompt,
        key: String = RunningStandin.key,
        patience: OpenAIChatModel.Patience = .init(),
        clock: any Clock<Duration> = InstantClock(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) async throws {
        let standin = try await RunningStandin.shared
        let baseURL = "\(standin.url)/v1"
        (self.texts, self.result) = try await OpenAIChatModel.with(baseURL, key, patience, clock, logger) { model in
            await model.answer(to: prompt)
        }
        self.bill = try await standin.bill(for: prompt.requestID)
    }

    /// Says a text, which may hold a script.
    init(
        _ text: String,
        maxOutputTokens: Int = 100,
        key: String = RunningStandin.key,
        patience: OpenAIChatModel.Patience = .init(),
        clock: any Clock<Duration> = InstantClock(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) async throws {
        let prompt = ChatPrompt.saying(text, maxOutputTokens: maxOutputTokens)
        try await self.init(prompt, key: key, patience: patience, clock: clock, logger: logger)
    }

    var text: String { self.texts.joined() }

    var completion: ChatCompletion {
        get throws { try self.result.get() }
    }

    var failure: ChatModelFailure? {
        guard case .failure(let error) = self.result else { return nil }
        return error as? ChatModelFailure
    }
}

extension ChatPrompt {
    /// One turn of the user, with a request id of its own.
    static func saying(_ text: String, maxOutputTokens: Int = 100) -> ChatPrompt {
        ChatPrompt(
            model: "standin-small",
            turns: [.init(.user, text)],
            maxOutputTokens: maxOutputTokens,
            requestID: UUID().uuidString
        )
    }
}

extension OpenAIChatModel {
    /// Makes a model and closes it after `body`.
    static func with<Value>(
        _ baseURL: String,
        _ key: String = RunningStandin.key,
        _ patience: Patience = .init(),
        _ clock: any Clock<Duration> = InstantClock(),
        _ logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ body: (OpenAIChatModel) async throws -> Value
    ) async throws -> Value {
        let model = try OpenAIChatModel(
            baseURL: baseURL,
            key: key,
            patience: patience,
            retries: RetryPolicy(jitter: { 0 }),
            clock: clock,
            logger: logger
        )
        let result: Result<Value, any Error>
        do { result = .success(try await body(model)) } catch { result = .failure(error) }
        try await model.close()
        return try result.get()
    }

    /// Listens to the end, whatever it is, and does something at each piece.
    func answer(
        to prompt: ChatPrompt,
        atEach: @escaping () -> Void = {}
    ) async -> (texts: [String], Result<ChatCompletion, any Error>) {
        var texts: [String] = []
        do {
            let completion = try await self.stream(prompt) { event in
                if case .text(let text) = event { texts.append(text) }
                atEach()
            }
            return (texts, .success(completion))
        } catch {
            return (texts, .failure(error))
        }
    }
}
