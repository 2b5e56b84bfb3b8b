/// The bounds a server keeps. The defaults suit a trusted network.
package struct ServerConfiguration: Sendable {
    /// Connections open at a time; one more is closed at once.
    package var maxConnections = 16_384

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

    /// Makes a configuration of defaults.
    package init() {}
}
