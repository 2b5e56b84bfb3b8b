/// The bounds a server keeps. The defaults suit a trusted network.
package struct ServerConfiguration: Sendable {
    /// Connections open at a time; one more is closed at once.
    package var maxConnections = 16_384

    /// Connections open at a time from one network address; one more is closed at once. Nil is any number.
    package var maxConnectionsPerAddress: Int?

    /// Calls running at a time on one connection; one more is answered `RESOURCE_EXHAUSTED`.
    package var maxConcurrentCalls = 1_024

    /// The longest frame body accepted, in bytes, up to 4 MiB; a longer one is answered `RESOURCE_EXHAUSTED`.
    package var maxFrameBody = FrameHeader.longestBody

    /// Frames beyond `maxFrameBody` that one connection may send in a minute before it is closed.
    package var oversizeFramesPerMinute = 8

    /// Bytes of all keys and values of a request's metadata; more is answered `RESOURCE_EXHAUSTED`.
    package var maxMetadata = 8 * 1024

    /// Bytes of messages that may wait for the handler of one call; more ends the call `RESOURCE_EXHAUSTED`.
    package var maxStreamQueue = 256 * 1024

    /// Bytes of messages that may wait for all handlers of one connection; more ends the call they belong to.
    package var maxConnectionQueue = 8 * 1024 * 1024

    /// How long a new connection may stay silent; nil is for ever.
    package var firstFrameTimeout: Duration? = .seconds(60)

    /// How long a frame may take from its first byte to its last, beside a second for each 64 KiB of it.
    package var frameTimeout: Duration = .seconds(20)

    /// Bytes of unread answers from which on nothing more is read from a connection.
    package var maxPendingOutput = 1024 * 1024

    /// How long a connection may take none of its answers before it is closed.
    package var stallTimeout: Duration = .seconds(60)

    /// How long `drain` waits for handlers to return after their calls were cancelled.
    package var cancellationGrace: Duration = .seconds(5)

    /// CANCEL frames that one connection may send in a second before it is closed.
    package var cancelsPerSecond = 200

    /// Frames of the extension that one connection may send in a second without a call or a message among them or from
    /// the server, before it is closed.
    package var controlFramesPerSecond = 100

    /// How old a connection may become, ten per cent more or less by chance; nil is any age.
    package var maxAge: Duration?

    /// How long a connection may rest without a call; nil is any time.
    package var maxIdle: Duration?

    /// How long calls may take to finish on a connection that is too old or has rested too long; nil is any time. A plain
    /// client's calls always have all the time they need.
    package var maxGrace: Duration?

    /// Whether `maxAge` and `maxIdle` count for clients that do not speak the extension too. They cannot be told: their
    /// connection closes at a moment when no call runs.
    package var retiresPlainClients = false

    /// After which silence a client that speaks the extension is asked for a sign of life; nil is never.
    package var keepaliveInterval: Duration? = .seconds(2 * 60 * 60)

    /// How long such a client may take to give it.
    package var keepaliveTimeout: Duration = .seconds(20)

    /// What the server offers to clients that speak the extension; nil is nothing: all are served as plain ones.
    package var extensionSettings: ExtensionSettings? = ExtensionSettings()

    /// Whether messages to clients that accept it are compressed. Off by default: 4 KiB of JSON text shrink to half for
    /// 80 µs of processor time, and the shortest message costs 50.
    package var compressesResponses = false

    /// Makes a configuration of defaults.
    package init() {}

    /// Bytes of messages that may have come in part on one connection.
    var maxUnfinished: Int {
        max(self.extensionSettings?.maxMessage ?? FrameHeader.longestBody, self.maxConnectionQueue)
    }
}
