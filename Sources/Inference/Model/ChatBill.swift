import Credits

/// Who pays what for a chat. Made before the call from the worst case, asked after it.
struct ChatBill: Sendable {
    /// What a call is charged for.
    struct Charge: Sendable, Equatable {
        let tokens: TokenCount
        /// Whether the tokens are the provider's own figures.
        let isExact: Bool
        let amount: CreditAmount
        /// The part of it that is beyond what was held.
        let overrun: CreditAmount
    }

    private let price: TokenPrice
    private let promptEstimate: Int
    private let maxOutputTokens: Int
    /// The worst case: every byte of the prompt a token, and the longest answer.
    let worstCase: CreditAmount

    init(price: TokenPrice, turns: [ChatPrompt.Turn], maxOutputTokens: Int) {
        self.price = price
        self.promptEstimate = TokenCount.estimate(of: turns)
        self.maxOutputTokens = maxOutputTokens
        let bound = TokenCount(prompt: TokenCount.promptBound(of: turns), completion: maxOutputTokens)
        // A hold is above 0, also for a model that is free.
        self.worstCase = max(price.cost(of: bound), CreditAmount(micro: 1))
    }

    /// What to charge when so many bytes of answer came from the provider, or `nil` for nothing at all: the provider
    /// was not called, or failed and nobody saw any text.
    func charge(for ending: ChatEnding, textBytes: Int) -> Charge? {
        switch ending {
        case .completed(let completion): self.charge(completion.usage, textBytes: textBytes)
        case .abandoned: self.charge(nil, textBytes: textBytes)
        case .unsent: nil
        case .failed where textBytes == 0: nil
        case .failed(let failure): self.charge(failure.usage, textBytes: textBytes)
        }
    }

    private func charge(_ usage: ReportedUsage?, textBytes: Int) -> Charge {
        let tokens =
            usage.map { TokenCount(prompt: Int($0.promptTokens), completion: Int($0.completionTokens)) }
            ?? self.estimate(textBytes: textBytes)
        let cost = self.price.cost(of: tokens)
        return Charge(
            tokens: tokens,
            isExact: usage != nil,
            amount: cost,
            overrun: max(.zero, CreditAmount(micro: cost.micro - self.worstCase.micro))
        )
    }

    /// Never more than was held for: the answer was asked for with that cap.
    private func estimate(textBytes: Int) -> TokenCount {
        let completion = min(TokenCount.estimate(bytes: textBytes), self.maxOutputTokens)
        return TokenCount(prompt: self.promptEstimate, completion: completion)
    }
}
