/// Tokens of one call.
package struct TokenCount: Sendable, Equatable {
    package let prompt: Int
    package let completion: Int

    package init(prompt: Int, completion: Int) {
        self.prompt = prompt
        self.completion = completion
    }

    /// Most tokens that a conversation can be, whatever the tokenizer: each covers at least one byte, and chat formats add
    /// a few around every turn and before the answer.
    package static func promptBound(of turns: [ChatPrompt.Turn]) -> Int {
        turns.reduce(replyOverhead) { $0 + $1.content.utf8.count + turnOverhead }
    }

    /// Tokens of text that nobody has counted: a third of its bytes, rounded up, which is above the real figure for prose,
    /// code and most scripts.
    package static func estimate(bytes: Int) -> Int { (bytes + 2) / 3 }

    /// Tokens of a conversation that nobody has counted.
    package static func estimate(of turns: [ChatPrompt.Turn]) -> Int {
        turns.reduce(replyOverhead) { $0 + estimate(bytes: $1.content.utf8.count) + turnOverhead }
    }

    /// Most bytes that so many tokens can be: no known vocabulary has a token of more than 128, which is a run of spaces.
    package static func byteBound(of tokens: Int) -> Int { tokens * longestToken }

    private static let longestToken = 128
    private static let turnOverhead = 4
    private static let replyOverhead = 3
}
