internal import Logging
internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Watches over the handshake of an accepted connection, tells the connection how it ended, and leaves.
// Touched on its event loop only.
final class ServerHandshake: ChannelInboundHandler, RemovableChannelHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    private let tls: NIOSSLServerHandler
    private let connection: ServerConnection
    private let timeout: Duration
    private let logger: Logger
    private var timer: Scheduled<Void>?

    init(_ tls: NIOSSLServerHandler, of connection: ServerConnection, timeout: Duration, logger: Logger) {
        self.tls = tls
        self.connection = connection
        self.timeout = timeout
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        self.timer = context.eventLoop.scheduleTask(in: TimeAmount(self.timeout)) {
            channel.pipeline.fireErrorCaught(TLSFailure.timedOut)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timer?.cancel()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted(let agreed) = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        do {
            let certificate = try self.tls.peerCertificate.map { try PeerCertificate($0) }
            self.connection.secured(by: certificate, isExtended: agreed == TLSConfiguration.extendedProtocol)
        } catch {
            // It must not pass for a client of whom none is demanded.
            return self.errorCaught(context: context, error: error)
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let failure = TLSFailure(error)
        // Whoever only looks whether the port is open closes without a word, and is not worth a line.
        self.logger.log(
            level: failure == .closed ? .debug : .info,
            "A TLS handshake failed",
            metadata: [
                "peer": "\(context.remoteAddress?.description ?? "unknown")",
                "reason": "\(failure.map { "\($0)" } ?? "\(error)")",
            ]
        )
        context.close(promise: nil)
    }
}
