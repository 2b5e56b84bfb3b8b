internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Waits for the handshake of a dialled connection, tells the connection how it ended, and leaves.
// Touched on its event loop only.
final class ClientHandshake: ChannelInboundHandler, RemovableChannelHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    private let tls: NIOSSLClientHandler
    private let connection: ClientConnection
    private let serverName: String?
    private let timeout: Duration
    private let done: EventLoopPromise<Void>
    private var timer: Scheduled<Void>?

    /// `done` succeeds with the handshake, or fails with a `TLSFailure`.
    init(
        _ tls: NIOSSLClientHandler,
        of connection: ClientConnection,
        with serverName: String?,
        timeout: Duration,
        done: EventLoopPromise<Void>
    ) {
        self.tls = tls
        self.connection = connection
        self.serverName = serverName
        self.timeout = timeout
        self.done = done
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        self.timer = context.eventLoop.scheduleTask(in: TimeAmount(self.timeout)) {
            channel.pipeline.fireErrorCaught(TLSFailure.timedOut)
        }
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.done.fail(TLSFailure.closed)  // no effect after a success or another failure
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted(let agreed) = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        if let serverName, !self.isServer(serverName) {
            return self.errorCaught(context: context, error: TLSFailure.wrongName(serverName))
        }
        self.connection.negotiated(alpn: agreed == TLSConfiguration.extendedProtocol)
        self.done.succeed()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// Whether the certificate bears the name. The library is content when it bears the network address instead, to which
    /// anybody can lead us who answers for the name.
    private func isServer(_ name: String) -> Bool {
        self.tls.peerCertificate.flatMap { try? PeerCertificate($0) }?.isFor(name) == true
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.done.fail(TLSFailure(error) ?? error)
        context.close(promise: nil)
    }
}
