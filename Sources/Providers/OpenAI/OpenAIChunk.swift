import Foundation

/// A piece of a streamed answer, read leniently: any key may be missing.
struct OpenAIChunk: Decodable {
    struct Choice: Decodable {
        struct Delta: Decodable {
            let content: String?
            let refusal: String?
        }

        let index: Int?
        let delta: Delta?
        let finishReason: String?

        enum CodingKeys: String, CodingKey {
            case index, delta
            case finishReason = "finish_reason"
        }
    }

    /// Token counts; what is not a number counts as missing.
    struct Usage: Decodable {
        let prompt: Double?
        let completion: Double?
        let total: Double?

        enum CodingKeys: String, CodingKey {
            case prompt = "prompt_tokens"
            case completion = "completion_tokens"
            case total = "total_tokens"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.prompt = try? container.decode(Double.self, forKey: .prompt)
            self.completion = try? container.decode(Double.self, forKey: .completion)
            self.total = try? container.decode(Double.self, forKey: .total)
        }
    }

    let model: String?
    let choices: [Choice]?
    let usage: Usage?
    let error: OpenAIError?
}
