internal import Logging
internal import NIOCore

/// What all connections of a server share.
final class ServerCore: Sendable {
    let methods: MethodTable<ServedMethod>
    let limits: ServerConfiguration
    let logger: Logger
    let connections: ConnectionRegistry

    init(methods: MethodTable<ServedMethod>, limits: ServerConfiguration, logger: Logger) {
        self.methods = methods
        self.limits = limits
        self.logger = logger
        self.connections = ConnectionRegistry(limit: limits.maxConnections)
    }
}
