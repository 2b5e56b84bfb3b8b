import Contract

extension ChatResponse {
    /// Text appears as it comes; what it cost stands below it, on standard error.
    func present(on printer: inout Printer) throws {
        switch self.event {
        case .text(let text): try printer.write(text)
        case .done(let done): try printer.remark(done.summary)
        case nil: break  // an event newer than this program
        }
    }
}

extension ChatDone {
    /// Tokens, credits charged and credits left, in one line.
    fileprivate var summary: String {
        let usage = self.usage
        let tokens = "\(usage.promptTokens) + \(usage.completionTokens) tokens"
        let remarks = [
            self.servedModel,
            tokens + (usage.quality == .estimated ? " (estimated)" : ""),
            "\(usage.creditsCharged) credits charged",
            "\(usage.creditsAvailable) left",
            self.ending,
        ]
        return "— " + remarks.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// Why the answer ends where it does, when the model had not finished.
    private var ending: String {
        switch self.finishReason {
        case "", "stop": ""
        case "length": "cut off at the token limit"
        case "content_filter": "stopped by the provider's content filter"
        default: "ended by '\(self.finishReason)'"
        }
    }
}
