/// Why a statement, a transaction or a connection failed.
package struct PostgresError: Error, Sendable, Equatable {
    /// Who found the failure, and when.
    package enum Kind: Sendable, Equatable {
        /// The server refused the statement; the connection is fine.
        case server
        /// The connection broke after the statement was sent.
        case connectionLost
        /// No connection could be made while the caller waited; nothing was sent.
        case unavailable
        /// All connections were busy for the whole acquire timeout; nothing was sent.
        case acquireTimedOut
        /// Too many callers wait already; nothing was sent.
        case queueFull
        /// The database object was closed; nothing was sent.
        case closed
        /// A parameter cannot be sent; nothing was.
        case invalidParameter
        /// The answer came but is not what the caller asked to read.
        case decoding
    }

    /// Who found the failure, and when.
    package var kind: Kind
    /// The five characters of SQLSTATE; empty when the failure is not the server's.
    package var sqlState: String
    /// What happened, for logs. Holds no values of the statement, as far as the server keeps them out.
    package var message: String
    /// The server's detail line, which may quote values of the row; not part of `description`.
    package var detail: String?
    /// The violated constraint, if it was one.
    package var constraint: String?
    /// Whether the statement, or the whole transaction, may have taken effect nevertheless.
    package var mayHaveExecuted: Bool

    /// An error of the given parts.
    package init(
        _ kind: Kind,
        _ message: String,
        sqlState: String = "",
        detail: String? = nil,
        constraint: String? = nil,
        mayHaveExecuted: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
        self.detail = detail
        self.constraint = constraint
        self.mayHaveExecuted = mayHaveExecuted
    }
}

extension PostgresError: CustomStringConvertible {
    /// Kind, SQLSTATE, message and constraint in one line.
    package var description: String {
        var text = "\(self.kind)"
        if !self.sqlState.isEmpty { text += " \(self.sqlState)" }
        text += ": \(self.message)"
        if let constraint = self.constraint { text += " (constraint \(constraint))" }
        if self.mayHaveExecuted { text += "; it may have executed" }
        return text
    }
}
