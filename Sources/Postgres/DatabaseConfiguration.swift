/// Where the database is, how many connections it gets and how long things may take.
package struct DatabaseConfiguration: Sendable {
    /// A libpq connection string: `key=value` pairs or a `postgresql://` URI. May hold a password; is never logged.
    package var connection: String
    /// Connections for single statements, at least 1.
    package var pipelined = 2
    /// Connections for transactions, at least 1.
    package var transactional = 8
    /// Most callers that wait for a connection of either kind; the next one gets `queueFull`.
    package var queueLimit = 4096
    /// Longest wait for a connection.
    package var acquireTimeout: Duration = .seconds(5)
    /// Longest attempt to connect, without looking up the host's name.
    package var connectTimeout: Duration = .seconds(5)
    /// Longest run of one statement; the server stops it then.
    package var statementTimeout: Duration = .seconds(10)
    /// How much longer than that the server may stay silent before the connection counts as lost.
    package var silenceMargin: Duration = .seconds(5)
    /// Longest wait for one lock.
    package var lockTimeout: Duration = .seconds(5)
    /// Longest pause between two statements of a transaction; the server ends the connection then.
    package var idleInTransactionTimeout: Duration = .seconds(10)
    /// Most prepared statements kept on one connection.
    package var statementCacheLimit = 256
    /// Whether all statements look rows up by keys. Then they are planned once for each connection, always by index, however
    /// small the tables were at that time.
    package var looksUpByKeys = false
    /// Name that the server shows, unless the connection string gives one.
    package var applicationName = "smart-ai-hub"

    /// The defaults for a database.
    package init(connection: String) {
        self.connection = connection
    }
}
