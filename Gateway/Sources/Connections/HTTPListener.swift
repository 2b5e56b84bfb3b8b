import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP server: connections and their limits. Serves until it is asked to stop, then ends the running requests.
struct HTTPListener: Service {
    let address: BindAddress
    let maxConnections: Int
    let front: Front
    let group: any EventLoopGroup
    let logger: Logger
    /// Called once, when connections are accepted.
    let isListening: @Sendable (any Channel) async -> Void

    func run() async throws {
        let connections = HTTP1Channel(
            responder: { request, writer, channel in try await self.front.serve(request, writer, channel) },
            configuration: .init(
                additionalChannelHandlers: [HangUp(), SlowClientGuard(), Heartbeat()],
                idleTimeout: .seconds(60),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10,
                    maxHeaderListSize: 32 << 10,
                    maxHeaderFieldCount: 100
                )
            )
        )
        let server = connections.server(
            configuration: ServerConfiguration(
                address: self.address,
                availableConnectionsDelegate: MaximumAvailableConnections(self.maxConnections, logger: self.logger)
            ),
            onServerRunning: self.isListening,
            eventLoopGroup: self.group,
            logger: self.logger
        )
        try await server.run()
    }
}
