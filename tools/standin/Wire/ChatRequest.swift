/// Body of `POST /v1/chat/completions`; fields that make no difference here are accepted and not read.
struct ChatRequest: Decodable, Sendable {
    struct Message: Decodable, Sendable {
        let role: String
        let content: Content
    }

    struct StreamOptions: Decodable, Sendable {
        let includeUsage: Bool?
        let includeObfuscation: Bool?

        enum CodingKeys: String, CodingKey {
            case includeUsage = "include_usage"
            case includeObfuscation = "include_obfuscation"
        }
    }

    /// Text, as a string or in parts.
    struct Content: Decodable, Sendable {
        private struct Part: Decodable {
            let type: String
            let text: String
        }

        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else {
                self.text = try container.decode([Part].self).map(\.text).joined()
            }
        }
    }

    let model: String
    let messages: [Message]
    let maxCompletionTokens: Int?
    let maxTokens: Int?
    let n: Int?
    let stream: Bool?
    let streamOptions: StreamOptions?

    enum CodingKeys: String, CodingKey {
        case model, messages, n, stream
        case maxCompletionTokens = "max_completion_tokens"
        case maxTokens = "max_tokens"
        case streamOptions = "stream_options"
    }

    /// Most tokens the answer may have.
    var limit: Int { self.maxCompletionTokens ?? self.maxTokens ?? 4096 }

    /// What the user said last.
    var lastUserText: String { self.messages.last { $0.role == "user" }?.content.text ?? "" }

    /// Refuses what the provider would refuse.
    func validate() throws(APIError) {
        guard Model.all.contains(where: { $0.id == self.model }) else { throw .noModel(self.model) }
        guard !self.messages.isEmpty else { throw .invalid("'messages' must not be empty.", param: "messages") }
        let roles: Set = ["developer", "system", "user", "assistant", "tool"]
        guard self.messages.allSatisfy({ roles.contains($0.role) }) else {
            throw .invalid("Invalid value for a message's 'role'.", param: "messages")
        }
        guard self.maxTokens == nil || self.maxCompletionTokens == nil else {
            throw .invalid(
                "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
                param: "max_tokens"
            )
        }
        guard 1...Model.maxTokens ~= self.limit else {
            throw .invalid("Expected a value from 1 to \(Model.maxTokens).", param: "max_completion_tokens")
        }
        guard self.n ?? 1 == 1 else { throw .invalid("The stand-in gives one choice.", param: "n") }
        guard self.streamOptions == nil || self.stream == true else {
            throw .invalid(
                "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                param: "stream_options"
            )
        }
    }
}
