import Synchronization

/// A command that a client has sent, as often as it wanted, and what the client learned of it.
package struct Attempt: Sendable {
    package let command: Command
    /// Between these moments it happened, if it did. They order what all clients have seen; no two are equal.
    package let began: Int
    package fileprivate(set) var ended: Int?
    /// The clock's times that it may have seen.
    package let oldestTime: Int
    package fileprivate(set) var newestTime: Int
    /// Its answer; nil when the client never learned it.
    package fileprivate(set) var answer: Answer?

    /// Whether it came before the hold that it is about. That is kept nowhere, and a repeat may be carried out.
    var missedItsHold: Bool { self.command.action.hold != nil && self.answer == .refused(.noHold) }
}

extension Attempt: CustomStringConvertible {
    package var description: String {
        let answer = self.answer.map { "answered \($0)" } ?? "not answered"
        return "(\(self.command); \(answer); from \(self.began) to \(self.ended.map { "\($0)" } ?? "…"))"
    }
}

/// What all clients have tried, in the order in which they began.
package final class AttemptLog: Sendable {
    private struct State {
        var attempts: [Attempt] = []
        var moment = 0
    }

    private let state = Mutex(State())
    private let clockNumbers: @Sendable () -> (oldest: Int, newest: Int)

    /// - Parameter clockNumbers: The numbers of the oldest and the newest time that the ledger may see now.
    package init(clockNumbers: @escaping @Sendable () -> (oldest: Int, newest: Int) = { (0, 0) }) {
        self.clockNumbers = clockNumbers
    }

    /// All of them so far.
    package var attempts: [Attempt] { self.state.withLock(\.attempts) }

    /// Notes that a command is about to be sent.
    ///
    /// - Returns: A number by which to note its answer.
    package func begin(_ command: Command) -> Int {
        let (oldest, newest) = self.clockNumbers()
        return self.state.withLock { state in
            state.moment += 1
            state.attempts.append(
                Attempt(command: command, began: state.moment, oldestTime: oldest, newestTime: newest)
            )
            return state.attempts.count - 1
        }
    }

    /// Notes the answer of a command.
    package func end(_ number: Int, with answer: Answer) {
        let newest = self.clockNumbers().newest
        self.state.withLock { state in
            state.moment += 1
            state.attempts[number].ended = state.moment
            state.attempts[number].newestTime = newest
            state.attempts[number].answer = answer
        }
    }
}
