internal import Logging
internal import NIOCore

/// What all connections of a server share.
final class ServerCore: Sendable {
    let methods: MethodTable<ServedMethod>
    let limits: ServerConfiguration
    let logger: Logger
    let connections: ConnectionRegistry
    /// What clients that speak the extension are told; nil if the server does not speak it.
    let settings: Ttrpc_Settings?

    init(methods: MethodTable<ServedMethod>, limits: ServerConfiguration, logger: Logger) {
        self.methods = methods
        self.limits = limits
        self.logger = logger
        self.settings = limits.extensionSettings?
            .message(maxStreams: limits.maxConcurrentCalls, maxFrame: limits.maxFrameBody)
        self.connections = ConnectionRegistry(
            limit: limits.maxConnections,
            limitPerHost: limits.maxConnectionsPerAddress
        )
    }
}
