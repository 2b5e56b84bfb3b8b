import Foundation
import Inference

/// What a streamed answer has told so far.
struct OpenAIAnswer {
    /// What an event brought.
    enum Step: Equatable {
        case text(String)
        case nothing
        case end
    }

    /// The stream says that it failed, or says nothing understandable.
    struct Broken: Error, Equatable {
        let message: String
    }

    private static let decoder = JSONDecoder()

    /// Whether there was text.
    private(set) var hasText = false
    private(set) var isComplete = false
    private var finishReason = "unknown"
    private var servedModel: String
    private var reported: OpenAIChunk.Usage?
    private let limit: Int

    init(to prompt: ChatPrompt) {
        self.servedModel = prompt.model
        self.limit = prompt.maxOutputTokens
    }

    /// Takes the data of the next event.
    mutating func take(_ data: [UInt8]) throws(Broken) -> Step {
        if data.starts(with: "[DONE]".utf8) {
            self.isComplete = true
            return .end
        }
        guard let chunk = try? Self.decoder.decode(OpenAIChunk.self, from: Data(data)) else {
            throw Broken(message: "an event of the stream is not what was agreed")
        }
        if let error = chunk.error { throw Broken(message: "error in the stream: \(error)") }
        self.servedModel = chunk.model ?? self.servedModel
        self.reported = chunk.usage ?? self.reported
        // One choice was asked for; chunks such as the one with the usage have none.
        guard let choice = chunk.choices?.first(where: { $0.index ?? 0 == 0 }) else { return .nothing }
        self.finishReason = choice.finishReason ?? self.finishReason
        guard let text = choice.delta?.content ?? choice.delta?.refusal, !text.isEmpty else { return .nothing }
        self.hasText = true
        return .text(text)
    }

    /// How it ended. The last figures count: some providers report them all along.
    var completion: ChatCompletion {
        let (usage, anomaly) = self.judgedUsage
        return ChatCompletion(
            finishReason: self.finishReason,
            servedModel: self.servedModel,
            usage: usage,
            anomaly: anomaly
        )
    }

    private var judgedUsage: (ReportedUsage?, anomaly: String?) {
        guard let reported = self.reported else { return (nil, "no usage") }
        guard let prompt = reported.prompt, let completion = reported.completion else { return (nil, "usage in part") }
        do {
            let usage = try ReportedUsage(promptTokens: prompt, completionTokens: completion)
            if Int(usage.completionTokens) > self.limit {
                return (usage, "\(usage.completionTokens) tokens answered, \(self.limit) allowed")
            }
            return (usage, reported.total ?? prompt + completion == prompt + completion ? nil : "total is not the sum")
        } catch {
            return (nil, error.reason)
        }
    }
}
