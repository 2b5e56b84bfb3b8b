/// A piece of a streamed answer.
struct ChatCompletionChunk: Encodable, Sendable {
    struct Delta: Encodable, Sendable {
        var role: String?
        var content: String?
    }

    struct Choice: Encodable, Sendable {
        let index = 0
        let delta: Delta
        @Nullable var logprobs: String?
        @Nullable var finishReason: String?

        enum CodingKeys: String, CodingKey {
            case index, delta, logprobs
            case finishReason = "finish_reason"
        }
    }

    let id: String
    let object = "chat.completion.chunk"
    let created: Int
    let model: String
    var choices: [Choice] = []
    /// Absent if the caller did not ask for usage, else null up to the last chunk.
    var usage: Nullable<Usage>?
    /// Hides the length of the text from who watches the encrypted stream.
    var obfuscation: String?
}
