/// Tokens of one call as its provider counted them: both figures are possible ones, 0 to `Int32.max`.
package struct ReportedUsage: Sendable, Equatable {
    /// Figures no provider can mean, and why.
    package struct Implausible: Error, Equatable {
        package let reason: String
    }

    /// Tokens of the prompt.
    package let promptTokens: Int32
    /// Tokens of the answer, hidden reasoning included.
    package let completionTokens: Int32

    /// Takes figures as they stood in the provider's JSON.
    ///
    /// - Throws: `Implausible` if one is negative, fractional or too large, or if something was answered to a prompt
    ///   of no tokens. Zero for both is a figure like any other.
    package init(promptTokens: Double, completionTokens: Double) throws(Implausible) {
        guard promptTokens >= 0, completionTokens >= 0 else { throw Implausible(reason: "negative usage") }
        guard
            let prompt = Int32(exactly: promptTokens),
            let completion = Int32(exactly: completionTokens)
        else { throw Implausible(reason: "fractional or huge usage") }
        guard prompt > 0 || completion == 0 else { throw Implausible(reason: "an answer to a prompt of no tokens") }
        self.promptTokens = prompt
        self.completionTokens = completion
    }
}
