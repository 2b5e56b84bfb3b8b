package import Credits

/// What a model's tokens cost.
package struct TokenPrice: Sendable, Equatable {
    /// For a million prompt tokens. At least 0.
    package let input: CreditAmount
    /// For a million completion tokens. At least 0.
    package let output: CreditAmount

    package init(input: CreditAmount, output: CreditAmount) {
        self.input = input
        self.output = output
    }

    /// The price of a call, rounded up once to a whole micro-credit; the largest amount there is if it does not fit.
    package func cost(of tokens: TokenCount) -> CreditAmount {
        let scaled =
            Int128(max(0, tokens.prompt)) * Int128(self.input.micro)
            + Int128(max(0, tokens.completion)) * Int128(self.output.micro)
        let perMillion: Int128 = 1_000_000
        return CreditAmount(micro: Int64(clamping: (scaled + perMillion - 1) / perMillion))
    }
}
