/// What the stand-in says, and how it counts: a token is a word with the white space before it.
struct Answer: Sendable {
    /// The tokens of the text that is said again and again.
    private let phrase: [Substring]
    /// How many tokens it has.
    let count: Int
    /// `length` if it could not say everything.
    let finishReason: String

    /// Repeats what the user said, in at most `limit` tokens.
    init(to text: String, script: Script, limit: Int) {
        let phrase = Self.tokens(of: "You said: \(text)")
        let (wanted, overflow) = phrase.count.multipliedReportingOverflow(by: script.rounds)
        let possible = limit + script.overrun
        self.phrase = phrase
        self.count = min(overflow ? .max : wanted, possible)
        self.finishReason = overflow || wanted > possible ? "length" : "stop"
    }

    /// The token at a position from 0 to below `count`.
    subscript(position: Int) -> String {
        let index = position % self.phrase.count
        return (index == 0 && position > 0 ? " " : "") + self.phrase[index]
    }

    var text: String { (0..<self.count).map { self[$0] }.joined() }

    /// Tokens of a whole conversation: three for each message and three for the answer to come.
    static func promptTokens(of messages: [ChatRequest.Message]) -> Int {
        messages.reduce(3) { $0 + 3 + Self.tokens(of: $1.content.text).count }
    }

    private static func tokens(of text: String) -> [Substring] {
        var tokens: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            let word = rest.drop(while: \.isWhitespace).drop { !$0.isWhitespace }
            tokens.append(rest[..<word.startIndex])
            rest = word
        }
        return tokens
    }
}
