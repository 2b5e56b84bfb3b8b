import Foundation
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import RPC
import ServiceLifecycle

@testable import hub_gateway

/// A gateway on a port of its own, before a hub on a unix socket.
struct GatewayUnderTest: Sendable {
    let port: Int
    let hub: ScriptedHub
    let hubServer: RPC.Server
    /// Stops accepting, lets running requests end, then ends ``serve(_:)``'s gateway.
    let stop: @Sendable () async -> Void

    /// Runs `body` against a gateway, and stops that.
    static func serve(
        trustedProxies: [AddressRange] = [],
        maxConnections: Int = 100,
        _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let socket = Server.Address.unix(path: FileManager.default.temporaryDirectory.path + "/hub-\(UUID()).sock")
        let hub = ScriptedHub()
        let server = try RPC.Server(services: hub.services, group: group, logger: logger) { _ in [] }
        _ = try await server.listen(on: socket)
        var configuration = ClientConfiguration()
        configuration.interceptors = [ClientCallTrace()]
        let client = Client(socket, configuration: configuration, group: group, logger: logger)
        let (ports, port) = AsyncStream<Int>.makeStream()
        let listener = HTTPListener(
            address: .hostname("127.0.0.1", port: 0),
            maxConnections: maxConnections,
            front: try Front(client: client, limits: .init(), trustedProxies: trustedProxies, logger: logger),
            group: group,
            logger: logger,
            isListening: { port.yield($0.localAddress?.port ?? 0) }
        )
        let services = ServiceGroup(services: [listener], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            for await port in ports.prefix(1) {
                let gateway = GatewayUnderTest(port: port, hub: hub, hubServer: server) {
                    await services.triggerGracefulShutdown()
                }
                try await body(gateway)
            }
            await services.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        await client.close()
        await server.drain(grace: .zero)
    }
}
