import Foundation
import Inference

/// Body of `POST /chat/completions`. Exactly these fields are sent, so nothing changes the price unseen.
struct OpenAIRequest: Encodable {
    private struct Message: Encodable {
        let role: String
        let content: String
    }

    private struct StreamOptions: Encodable {
        let includeUsage = true

        enum CodingKeys: String, CodingKey {
            case includeUsage = "include_usage"
        }
    }

    private let model: String
    private let messages: [Message]
    private let maxCompletionTokens: Int
    private let temperature: Double?
    private let stream = true
    private let streamOptions = StreamOptions()

    init(_ prompt: ChatPrompt) {
        self.model = prompt.model
        self.messages = prompt.turns.map { Message(role: $0.role.rawValue, content: $0.content) }
        self.maxCompletionTokens = prompt.maxOutputTokens
        self.temperature = prompt.temperature
    }

    enum CodingKeys: String, CodingKey {
        case model, messages, temperature, stream
        case maxCompletionTokens = "max_completion_tokens"
        case streamOptions = "stream_options"
    }
}
