import Foundation

/// Tokens as they are reported; decimals, so that a script can claim the impossible.
struct Usage: Encodable, Sendable {
    let promptTokens: Decimal
    let completionTokens: Decimal
    let totalTokens: Decimal

    init(prompt: Decimal, completion: Decimal) {
        self.promptTokens = prompt
        self.completionTokens = completion
        self.totalTokens = prompt + completion
    }

    enum CodingKeys: String, CodingKey {
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case totalTokens = "total_tokens"
    }
}
