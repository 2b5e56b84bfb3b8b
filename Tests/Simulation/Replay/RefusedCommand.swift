/// A command that was refused for what the ledger was like at some moment, with all that was tried of it.
struct RefusedCommand: Sendable {
    let command: Command
    let refusal: Answer.Refusal
    /// When that moment was.
    let span: Span
    /// The numbers of the times that the ledger's clock may have shown.
    let times: ClosedRange<Int>

    /// - Parameter attempts: All of one command. Nil if none was refused, or only for its request id.
    init?(_ attempts: [Attempt]) {
        let refusals = attempts.compactMap { attempt in
            if case .refused(let refusal) = attempt.answer, refusal != .reuse { refusal } else { nil }
        }
        guard let refusal = refusals.first, let first = attempts.first else { return nil }
        self.command = first.command
        self.refusal = refusal
        self.span = Span(of: attempts)
        // The first answer came before the newest time of every other one.
        let newest = attempts.filter { $0.answer != nil }.map(\.newestTime).min() ?? first.newestTime
        self.times = attempts.reduce(first.oldestTime) { min($0, $1.oldestTime) }...newest
    }
}

extension RefusedCommand: CustomStringConvertible {
    var description: String { "that \(self.command) was met with \(self.refusal)" }
}
