/// The bounds a client keeps.
package struct ClientConfiguration: Sendable {
    /// How long a connection may take to be made.
    package var connectTimeout: Duration = .seconds(5)

    /// How long no new attempt is made after the first failed one; doubles with each further failure. Calls fail at
    /// once meanwhile. Each wait is shortened by chance, to at least half.
    package var firstBackoff: Duration = .milliseconds(50)

    /// The longest wait between attempts.
    package var longestBackoff: Duration = .seconds(1)

    /// Calls running on the shared connection at a time, and calls waiting for it; one more fails `RESOURCE_EXHAUSTED`.
    package var maxConcurrentCalls = 1_024

    /// Calls with streams running at a time; one more fails `RESOURCE_EXHAUSTED`. Toward a plain server each has a
    /// connection of its own.
    package var maxStreams = 1_024

    /// Connections kept for the next streams toward a plain server.
    package var maxIdleStreamConnections = 16

    /// Bytes of responses of one stream that may wait to be read where the server does not speak the extension. From
    /// there on nothing more is read from the stream's own connection; on a shared one the stream fails.
    package var streamQueueLimit = 256 * 1024

    /// What the client offers beyond the base protocol; nil offers nothing.
    package var extensionSettings: ExtensionSettings? = .init()

    /// Bytes of responses on one connection that may wait to be read before the server must wait.
    package var connectionQueueLimit = 8 * 1024 * 1024

    /// Whether silent servers are asked for a sign of life; nil never asks. Plain servers are left to TCP.
    package var keepalive: KeepaliveConfiguration?

    /// Which of several addresses a call goes to.
    package var balancing = Balancing.pickFirst

    /// The service whose health decides whether an address is used, as its server tells through `grpc.health.v1.Health`;
    /// empty stands for the server as a whole, nil asks nothing. Plain servers without that service should not be asked.
    package var health: String?

    /// Whether and how calls are sent again that have failed.
    package var retry = RetryPolicy()

    /// Whether the handshake below has agreed on the extension, so that the server begins with SETTINGS.
    var startsExtended = false

    /// What looks at every call, the first one first.
    package var interceptors: [any ClientInterceptor] = []

    /// Bytes of a call's request messages waiting to be sent from which on the caller waits.
    package var requestQueueLimit = 64 * 1024

    /// Bytes of requests the server has not taken from which on calls fail `RESOURCE_EXHAUSTED`.
    package var maxPendingOutput = 16 * 1024 * 1024

    /// How connections are encrypted; nil leaves them plain.
    package var tls: ClientTLS?

    /// The first stream of each connection.
    var firstStream: UInt32 = 1

    /// Makes a configuration of defaults.
    package init() {}
}
