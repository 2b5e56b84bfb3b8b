internal import NIOCore
internal import NIOPosix

/// Opens sockets to one address.
struct Dialer: Sendable {
    let address: Server.Address
    let timeout: Duration
    let loop: any EventLoop

    /// Opens a socket whose channel is handled by `connection`.
    func dial(_ connection: ClientConnection) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: self.loop)
            .connectTimeout(TimeAmount(self.timeout))
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator.growing)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(connection) }
            }
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
