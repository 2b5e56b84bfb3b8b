/// What a run found wrong with the ledger.
package struct Finding: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// What happened in a run.
package struct RunReport: Sendable {
    /// Commands by the kinds of their answers.
    package var answers: [String: Int] = [:]
    package var faults: [String: Int] = [:]
    /// How often a command had to be sent again because nobody knew what had become of it.
    package var openOutcomes = 0
    /// Commands whose outcome nobody asked for any more.
    package var unanswered = 0
    package var time: Duration = .zero

    package init() {}

    /// Commands that were answered.
    package var answered: Int { self.answers.values.reduce(0, +) }

    mutating func count(_ answer: Answer) { self.answers[answer.name, default: 0] += 1 }

    package static func + (left: RunReport, right: RunReport) -> RunReport {
        var sum = left
        sum.answers.merge(right.answers, uniquingKeysWith: +)
        sum.faults.merge(right.faults, uniquingKeysWith: +)
        sum.openOutcomes += right.openOutcomes
        sum.unanswered += right.unanswered
        sum.time += right.time
        return sum
    }
}

extension RunReport: CustomStringConvertible {
    package var description: String {
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        }
        return """
            commands: \(self.answered) answered, \(self.unanswered) given up, \(self.openOutcomes) outcomes left open
            answers:  \(list(self.answers))
            faults:   \(list(self.faults))
            time:     \(self.time)
            """
    }
}
