/// Why a command got no answer. What the server answers, errors included, is a `Reply`.
package struct RedisError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong.
    package enum Kind: Sendable, Equatable {
        /// There is no connection at the moment; nothing was sent.
        case unavailable
        /// The connection broke before the answer came.
        case connectionLost
        /// The answer did not come in time; if it comes later it is thrown away.
        case timedOut
        /// Too many commands, or too many bytes of commands, wait for their answers; nothing was sent.
        case queueFull
        /// The client was closed; nothing was sent.
        case closed
        /// The command is empty, too large, or would change the connection that all callers share; nothing was sent.
        case invalidCommand
        /// The other side does not speak RESP2.
        case brokenProtocol
    }

    /// What went wrong.
    package var kind: Kind
    /// The same for logs; never holds arguments of a command.
    package var message: String
    /// Whether the server may have executed the command nevertheless.
    package var mayHaveExecuted: Bool

    /// An error of the given parts.
    package init(_ kind: Kind, _ message: String, mayHaveExecuted: Bool = false) {
        self.kind = kind
        self.message = message
        self.mayHaveExecuted = mayHaveExecuted
    }

    /// Kind and message in one line.
    package var description: String {
        "\(self.kind): \(self.message)" + (self.mayHaveExecuted ? "; it may have executed" : "")
    }
}
