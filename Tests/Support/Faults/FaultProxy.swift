import NIOCore
import NIOPosix

/// Stands between clients and a Postgres, passes on what they say to each other, and does to single exchanges what it is told.
package struct FaultProxy: Sendable {
    private let folder: String

    /// A libpq connection string for a database behind the proxy.
    package func connectionString(database: String) -> String {
        "host=\(self.folder) user=\(PostgresServer.role) dbname=\(database)"
    }

    /// Runs `body` with a proxy before a server.
    ///
    /// - Parameters:
    ///   - server: Where the connections go.
    ///   - choose: What becomes of an exchange; nil lets it pass. Asked once for each, in the order of each connection.
    ///   - body: Gets the proxy, which ends with it, its connections included.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why there is no proxy.
    package static func run<Value>(
        before server: PostgresServer,
        choosing choose: @escaping @Sendable (Exchange) -> Fault?,
        _ body: (FaultProxy) async throws -> Value
    ) async throws -> Value {
        let proxy = FaultProxy(folder: try ScratchFolder.make("proxy"))
        let upstream = socket(in: server.socketFolder)
        let connections = Watched<[ObjectIdentifier: any Channel]>([:])
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { client in
                connections.update { $0[ObjectIdentifier(client)] = client }
                client.closeFuture.whenComplete { _ in
                    connections.update { $0[ObjectIdentifier(client)] = nil }
                }
                return ClientBootstrap(group: client.eventLoop)
                    .connect(unixDomainSocketPath: upstream)
                    .flatMapThrowing { server in try ProxyConnection.join(client, server, choosing: choose) }
            }
            .bind(unixDomainSocketPath: socket(in: proxy.folder))
            .get()
        let result: Result<Value, any Error>
        do { result = .success(try await body(proxy)) } catch { result = .failure(error) }
        try await listener.close()
        connections.state.values.forEach { $0.close(promise: nil) }
        try await connections.wait(for: "the end of the proxy's connections") { $0.isEmpty ? () : nil }
        return try result.get()
    }
}

/// Where libpq looks for a server whose folder it knows.
private func socket(in folder: String) -> String { "\(folder)/.s.PGSQL.5432" }
