/// The bounds a server keeps. The defaults suit a trusted network.
package struct ServerConfiguration: Sendable {
    /// Connections open at a time; one more is closed at once.
    package var maxConnections = 16_384

    /// Calls running at a time on one connection; one more is answered `RESOURCE_EXHAUSTED`.
    package var maxConcurrentCalls = 1_024

    /// Makes a configuration of defaults.
    package init() {}
}
