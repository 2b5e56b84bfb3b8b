/// An answer in one piece.
struct ChatCompletion: Encodable, Sendable {
    struct Message: Encodable, Sendable {
        let role = "assistant"
        let content: String
        @Nullable var refusal: String?
    }

    struct Choice: Encodable, Sendable {
        let index = 0
        let message: Message
        @Nullable var logprobs: String?
        let finishReason: String

        enum CodingKeys: String, CodingKey {
            case index, message, logprobs
            case finishReason = "finish_reason"
        }
    }

    let id: String
    let object = "chat.completion"
    let created: Int
    let model: String
    let choices: [Choice]
    let usage: Usage?
}
