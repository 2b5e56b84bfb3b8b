/// An open transaction: statements run one after the other on its connection's thread.
///
/// Exists only inside the closure of `Database.write`. After a failed statement the transaction can only be rolled
/// back, which also happens when the closure catches the error and returns.
package struct Transaction: ~Copyable {
    private let session: Session
    private let progress = Progress()

    private final class Progress {
        var hasBegun = false
        var failure: PostgresError?
    }

    init(_ session: Session) {
        self.session = session
    }

    /// Whether BEGIN was sent.
    var hasBegun: Bool { self.progress.hasBegun }

    /// The first statement that failed.
    var failure: PostgresError? { self.progress.failure }

    /// Runs a statement and decodes each row it answers.
    package func rows<Value>(
        _ statement: Statement,
        _ parameters: [Parameter] = [],
        _ decode: (borrowing Row) throws -> Value
    ) throws -> [Value] {
        try self.execute(statement, parameters).rows(decode)
    }

    /// Runs a statement and decodes the first row it answers; nil when there is none.
    package func first<Value>(
        _ statement: Statement,
        _ parameters: [Parameter] = [],
        _ decode: (borrowing Row) throws -> Value
    ) throws -> Value? {
        try self.execute(statement, parameters).first(decode)
    }

    /// Runs a statement.
    ///
    /// - Returns: how many rows it inserted, changed, deleted or answered.
    @discardableResult
    package func run(_ statement: Statement, _ parameters: [Parameter] = []) throws -> Int {
        try self.execute(statement, parameters).affectedRows
    }

    /// Runs a script of several statements without parameters, as migrations are.
    func script(_ sql: String) throws {
        if !self.hasBegun { try self.run("SELECT 1") }
        try self.watch { () throws(PostgresError) in try self.session.script(sql) }
    }

    private func execute(_ statement: Statement, _ parameters: [Parameter]) throws(PostgresError) -> ResultSet {
        let block = try ParameterBlock(parameters)
        let beginning = !self.progress.hasBegun
        self.progress.hasBegun = true
        return try self.watch { () throws(PostgresError) in
            try self.session.exchange(statement, block, beginning: beginning)
        }
    }

    /// Remembers the first failure. Before COMMIT a lost connection means that nothing happened.
    private func watch<Value: ~Copyable>(_ body: () throws(PostgresError) -> Value) throws(PostgresError) -> Value {
        do throws(PostgresError) {
            return try body()
        } catch {
            let failure = error.beforeExecution
            self.progress.failure = self.progress.failure ?? failure
            throw failure
        }
    }
}
