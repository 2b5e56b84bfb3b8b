package import Logging
package import NIOCore
internal import NIOPosix
internal import Synchronization

/// Serves methods over framed connections.
package final class Server: Sendable {
    let core: ServerCore
    private let group: any EventLoopGroup
    private let loops: [ObjectIdentifier: ServerLoop]
    private let listeners = Mutex<[Listener]>([])

    /// Makes a server that does not listen yet. `interceptors` chooses those of every method, once.
    ///
    /// - Throws: When a method is served twice or by another service, or what `interceptors` throws.
    package init(
        services: [ServiceDefinition],
        configuration: ServerConfiguration = .init(),
        group: any EventLoopGroup,
        logger: Logger,
        interceptors: @Sendable (MethodDescriptor) throws -> [any ServerInterceptor]
    ) throws {
        let methods = try services.flatMap { try $0.checkedMethods }.map { handler in
            let method = ServedMethod(handler, interceptors: try interceptors(handler.descriptor))
            return (descriptor: handler.descriptor, value: method)
        }
        self.core = ServerCore(methods: try MethodTable(methods), limits: configuration, logger: logger)
        self.group = group
        let loops = group.makeIterator().map { (ObjectIdentifier($0), ServerLoop($0)) }
        self.loops = Dictionary(loops) { first, _ in first }
    }

    /// Starts to accept connections. May be called for several addresses.
    ///
    /// The file of a unix socket has mode 0600; it replaces a socket on which nobody listens any more. With `tls` a
    /// connection begins with its handshake; without, it is plain.
    ///
    /// - Returns: The address really bound, with the port resolved.
    package func listen(on address: Address, tls: ServerTLS? = nil) async throws -> Address {
        switch address {
        case .tcp(let host, let port):
            let channel = try await self.bootstrap(isTCP: true, tls).bind(host: host, port: port).get()
            self.listeners.withLock { $0.append(Listener(channel: channel, file: nil)) }
            return .tcp(host: host, port: channel.localAddress?.port ?? port)
        case .unix(let path):
            try await self.listen(on: UnixSocketFile(path: path), tls)
            return address
        }
    }

    /// Stops accepting, answers new calls `UNAVAILABLE`, lets running calls finish, then closes.
    ///
    /// - Parameter grace: How long running calls may take. Those left then are cancelled, and their handlers have
    ///   `cancellationGrace` to return.
    package func drain(grace: Duration) async {
        await self.stopListening(grace: grace)
        self.core.connections.drain()
        let loop = self.group.any()
        if await !self.core.connections.isEmpty(within: grace, on: loop) {
            self.core.connections.close()
            _ = await self.core.connections.isEmpty(within: self.core.limits.cancellationGrace, on: loop)
        }
        for loop in self.loops.values { loop.loop.execute { loop.workers.stop() } }
    }

    private func listen(on file: UnixSocketFile, _ tls: ServerTLS?) async throws {
        try await file.checkFree(group: self.group)
        let channel = try await self.bootstrap(isTCP: false, tls)
            .bind(unixDomainSocketPath: file.temporaryPath, cleanupExistingSocketFile: true).get()
        do {
            try file.publish()
        } catch {
            try? await channel.close()
            throw error
        }
        self.listeners.withLock { $0.append(Listener(channel: channel, file: file)) }
    }

    private func stopListening(grace: Duration) async {
        let listeners = self.listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        for listener in listeners { await listener.close(grace: grace) }
        // Connections accepted last are made ready by tasks of their loops.
        for loop in self.loops.values { try? await loop.loop.submit {}.get() }
    }

    private func bootstrap(isTCP: Bool, _ tls: ServerTLS?) -> ServerBootstrap {
        let bootstrap = ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator.growing)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { self.accept($0, tls) }
        guard isTCP else { return bootstrap }
        return
            bootstrap
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .watchingClients(self.core.limits)
    }

    private func accept(_ channel: any Channel, _ tls: ServerTLS?) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            guard let loop = self.loops[ObjectIdentifier(channel.eventLoop)] else {
                preconditionFailure("A connection came on a loop that is not of the server's group.")
            }
            let connection = ServerConnection(of: self.core, on: loop, from: channel.remoteAddress?.ipAddress)
            try tls?.secure(connection, on: channel)
            try channel.pipeline.syncOperations.addHandler(connection)
            guard self.core.connections.add(connection) else { throw TooManyConnections() }
        }
    }
}

/// The server has as many connections as it may have, or is going down.
private struct TooManyConnections: Error {}
