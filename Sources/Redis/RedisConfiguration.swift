package import NIOCore

/// How a client signs in, and its bounds.
package struct RedisConfiguration: Sendable {
    /// The user to sign in as; only used together with a password.
    package var username: String?
    /// The password, if the server wants one; is never logged.
    package var password: String?
    /// The number of the logical database.
    package var database = 0
    /// Connections, at least 1; commands of one caller may overtake each other if there are several.
    package var connections = 1
    /// Most commands that wait for an answer on one connection; the next one gets `queueFull`.
    package var pendingLimit = 10_000
    /// Most bytes of commands that wait for an answer on one connection.
    package var pendingByteLimit = 64 << 20
    /// Most bytes of one command.
    package var commandByteLimit = 8 << 20
    /// Most bytes of one answer; a longer one breaks the connection.
    package var replyByteLimit = 64 << 20
    /// Longest wait for an answer. The connection is given up when the server stays silent twice as long.
    package var commandTimeout: TimeAmount = .seconds(1)
    /// Longest attempt to connect; signing in may then take as long as a command.
    package var connectTimeout: TimeAmount = .seconds(2)

    /// The defaults.
    package init() {}

    /// For answers that are worth no longer wait than this, be it for one or for a connection.
    package init(patience: Duration) {
        self.commandTimeout = TimeAmount(patience)
        self.connectTimeout = TimeAmount(patience)
    }
}
