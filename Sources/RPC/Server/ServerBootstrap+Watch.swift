internal import Glibc
internal import NIOCore
internal import NIOPosix

extension ServerBootstrap {
    /// Makes the kernel find clients that are gone without a word, even plain ones that have nothing to say: after a minute
    /// of silence it asks, and asks again for another.
    func watchingClients(_ limits: ServerConfiguration) -> ServerBootstrap {
        self.childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 60)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 15)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 4)
            // How long what was sent may stay unconfirmed.
            .childChannelOption(.tcpOption(.init(rawValue: TCP_USER_TIMEOUT)), value: limits.stallTimeout.milliseconds)
    }
}

extension Duration {
    fileprivate var milliseconds: SocketOptionValue {
        SocketOptionValue(clamping: max(1, TimeAmount(self).nanoseconds / 1_000_000))
    }
}
