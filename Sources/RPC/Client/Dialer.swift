internal import NIOCore
internal import NIOPosix

/// Opens sockets.
struct Dialer: Sendable {
    /// For the connection, and again for the handshake.
    private let timeout: Duration
    private let tls: ClientTLS?
    private let keepalive: KeepaliveConfiguration?
    private let loop: any EventLoop

    init(_ configuration: ClientConfiguration, loop: any EventLoop) {
        self.timeout = configuration.connectTimeout
        self.tls = configuration.tls
        self.keepalive = configuration.keepalive
        self.loop = loop
    }

    /// Opens a socket to an address whose channel is handled by `connection`.
    @Sendable
    func dial(_ address: Server.Address, _ connection: ClientConnection) -> EventLoopFuture<any Channel> {
        let ready = self.loop.makePromise(of: Void.self)
        let connected = self.connect(to: address) { channel in
            if let tls = self.tls {
                try tls.secure(connection, to: address, on: channel, timeout: self.timeout, done: ready)
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
        to address: Server.Address,
        _ prepare: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: self.loop)
            .connectTimeout(TimeAmount(self.timeout))
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator.growing)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try prepare(channel) } }
        return switch address {
        case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let host, let port):
            self.withUserTimeout(bootstrap)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .connect(host: host, port: port)
        }
    }

    /// A server that speaks no extension is found dead by the kernel: when it confirms nothing for this long.
    private func withUserTimeout(_ bootstrap: ClientBootstrap) -> ClientBootstrap {
        guard let keepalive = self.keepalive else { return bootstrap }
        let time = TimeAmount(keepalive.interval + keepalive.timeout).nanoseconds / 1_000_000
        let option = ChannelOptions.Types.SocketOption(level: .tcp, name: Self.userTimeout)
        return bootstrap.channelOption(option, value: Int(time))
    }

    /// TCP_USER_TIMEOUT of Linux.
    private static let userTimeout = NIOBSDSocket.Option(rawValue: 18)
}
