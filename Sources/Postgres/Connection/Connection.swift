/// A connection outside of a transaction: each statement commits alone. Exists only inside the closure of
/// `Database.schedule`.
package struct Connection: ~Copyable {
    private let session: Session

    init(_ session: Session) {
        self.session = session
    }

    /// Whether it can be used no longer.
    package var isBroken: Bool { self.session.isBroken }

    /// Runs a statement and decodes each row it answers.
    package func rows<Value>(
        _ statement: Statement,
        _ parameters: [Parameter] = [],
        _ decode: (borrowing Row) throws -> Value
    ) throws -> [Value] {
        try self.session.exchange(statement, ParameterBlock(parameters)).rows(decode)
    }

    /// Runs a statement and decodes the first row it answers; nil when there is none.
    package func first<Value>(
        _ statement: Statement,
        _ parameters: [Parameter] = [],
        _ decode: (borrowing Row) throws -> Value
    ) throws -> Value? {
        try self.session.exchange(statement, ParameterBlock(parameters)).first(decode)
    }

    /// Runs a statement and decodes the first row it answers; nil when there is none. `meanwhile` runs once the statement is
    /// sent, and now and again during the first second that the server is at it.
    package func first<Value>(
        _ statement: Statement,
        _ parameters: [Parameter],
        meanwhile: () -> Void,
        _ decode: (borrowing Row) throws -> Value
    ) throws -> Value? {
        try self.session.exchange(statement, ParameterBlock(parameters), meanwhile: meanwhile).first(decode)
    }
}
