internal import NIOCore
internal import NIOPosix

/// Opens sockets to one address.
struct Dialer: Sendable {
    let address: Server.Address
    /// For the connection, and again for the handshake.
    let timeout: Duration
    let tls: ClientTLS?
    let loop: any EventLoop

    /// Opens a socket whose channel is handled by `connection`.
    func dial(_ connection: ClientConnection) -> EventLoopFuture<any Channel> {
        let ready = self.loop.makePromise(of: Void.self)
        let connected = self.connect { channel in
            if let tls = self.tls {
                try tls.secure(connection, to: self.address, on: channel, timeout: self.timeout, done: ready)
            } else {
                try channel.pipeline.syncOperations.addHandler(FirstBytes())
                ready.succeed()
            }
            try channel.pipeline.syncOperations.addHandler(connection)
        }
        connected.whenFailure { ready.fail($0) }
        return connected.flatMap { channel in ready.futureResult.map { channel } }
    }

    private func connect(
        _ prepare: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: self.loop)
            .connectTimeout(TimeAmount(self.timeout))
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator.growing)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try prepare(channel) } }
        return switch self.address {
        case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let host, let port):
            bootstrap
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .connect(host: host, port: port)
        }
    }
}
