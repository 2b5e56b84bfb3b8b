import Logging
import NIOCore
import NIOPosix

@testable import RPC

/// A server of `EchoService` on a real socket.
struct RunningServer: Sendable {
    let server: Server
    let address: Server.Address
    let handlers: EchoHandlers

    /// Runs a server for as long as `body` does.
    static func with<Value>(
        _ configuration: ServerConfiguration = .init(),
        on address: Server.Address = .tcp(host: "127.0.0.1", port: 0),
        tls: ServerTLS? = nil,
        interceptors: [any ServerInterceptor] = [],
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger = .silent,
        _ body: (RunningServer) async throws -> Value
    ) async throws -> Value {
        let handlers = EchoHandlers()
        let server = try Server(
            services: [handlers.definition],
            configuration: configuration,
            group: group,
            logger: logger
        ) { _ in interceptors }
        let bound = try await server.listen(on: address, tls: tls)
        do {
            let value = try await body(RunningServer(server: server, address: bound, handlers: handlers))
            await server.drain(grace: .zero)
            return value
        } catch {
            await server.drain(grace: .zero)
            throw error
        }
    }

    /// Connects to the server.
    func connect() async throws -> WireEnd {
        try await WireEnd.connect(to: self.address)
    }

    /// Makes a client of the server for as long as `body` runs.
    func withClient<Value>(
        _ configuration: ClientConfiguration = .init(),
        _ body: (Client) async throws -> Value
    ) async throws -> Value {
        try await Client.with(self.address, configuration, body)
    }
}

extension Client {
    /// Makes a client for as long as `body` runs.
    static func with<Value>(
        _ address: Server.Address,
        _ configuration: ClientConfiguration = .init(),
        _ body: (Client) async throws -> Value
    ) async throws -> Value {
        var configuration = configuration
        configuration.connectTimeout = .seconds(60)  // the machine may be busy
        let client = Client(
            address,
            configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: .silent
        )
        do {
            let value = try await body(client)
            await client.close()
            return value
        } catch {
            await client.close()
            throw error
        }
    }
}

extension ClientConfiguration {
    /// The defaults with changes.
    static func with(_ change: (inout ClientConfiguration) -> Void) -> ClientConfiguration {
        var configuration = ClientConfiguration()
        change(&configuration)
        return configuration
    }
}

extension Logger {
    /// Writes nothing.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
