/// How the stand-in answers one request: in order, unless the last user message asks for something else.
struct Script: Sendable {
    /// A request that gets no response.
    enum Silence: Sendable { case hang, drop }

    /// A stream that goes wrong after a number of pieces.
    enum Ending: Sendable, Equatable {
        case cut(after: Int)
        case reset(after: Int)
        case error(after: Int)
        case malformed(after: Int)
        case stall(after: Int)
    }

    var delayBeforeHead = Duration.zero
    var delayBeforeBody = Duration.zero
    var delay = Duration.zero
    var rounds = 1
    var overrun = 0
    var servedModel: String?
    var status: Int?
    var code: String?
    var retryAfter: String?
    var plain = false
    var silence: Silence?
    var times = Int.max
    var ending: Ending?
    var done = true
    var usage: UsageFault?
    var bytes: Int?
    var lineEnd = "\n"
    var comments = false

    /// Reads the directives of a message.
    ///
    /// - Returns: the script, and the message without it.
    /// - Throws: an invalid request that names the directive.
    static func read(_ message: String) throws(APIError) -> (script: Script, text: String) {
        var script = Script()
        guard
            let start = message.firstRange(of: "[[standin:"),
            let end = message[start.upperBound...].firstRange(of: "]]")
        else { return (script, message) }
        for word in message[start.upperBound..<end.lowerBound].split(whereSeparator: \.isWhitespace) {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard
                let directive = Directive.all.first(where: { $0.name == parts[0] }),
                directive.apply(parts.count > 1 ? String(parts[1]) : "", to: &script)
            else { throw .invalid("Unknown directive: \(word)", param: "messages") }
        }
        let text = message[..<start.lowerBound] + message[end.upperBound...]
        return (script, String(text.drop(while: \.isWhitespace)))
    }
}
