/// The bounds a client keeps.
package struct ClientConfiguration: Sendable {
    /// How long a connection may take to be made.
    package var connectTimeout: Duration = .seconds(5)

    /// How long no new attempt is made after the first failed one; doubles with each further failure. Calls fail at
    /// once meanwhile. Each wait is shortened by chance, to at least half.
    package var firstBackoff: Duration = .milliseconds(50)

    /// The longest wait between attempts.
    package var longestBackoff: Duration = .seconds(1)

    /// Unary calls running or waiting for the connection at a time; one more fails `RESOURCE_EXHAUSTED`.
    package var maxConcurrentCalls = 1_024

    /// Server-streaming calls running at a time, each on a connection of its own; one more fails `RESOURCE_EXHAUSTED`.
    package var maxStreams = 1_024

    /// Connections kept for the next server-streaming calls.
    package var maxIdleStreamConnections = 16

    /// Bytes of responses waiting to be read from which on nothing more is read from a stream's connection.
    package var streamQueueLimit = 256 * 1024

    /// Bytes of a call's request messages waiting to be sent from which on the caller waits.
    package var requestQueueLimit = 64 * 1024

    /// Bytes of requests the server has not taken from which on unary calls fail `RESOURCE_EXHAUSTED`.
    package var maxPendingOutput = 16 * 1024 * 1024

    /// How connections are encrypted; nil leaves them plain.
    package var tls: ClientTLS?

    /// The first stream of each connection.
    var firstStream: UInt32 = 1

    /// Makes a configuration of defaults.
    package init() {}
}
