/// A request that Postgres answers with one `ReadyForQuery`: all up to a Sync, or a simple query.
package struct Exchange: Sendable, Hashable {
    /// The SQL that it executes, in order.
    package internal(set) var statements: [String] = []

    /// Whether it is what makes a transaction durable: its COMMIT, or the call of a procedure that commits by itself.
    package var commits: Bool {
        self.statements.contains { $0 == "COMMIT" || $0.uppercased().hasPrefix("CALL ") }
    }
}
