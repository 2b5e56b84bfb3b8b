internal import NIOCore

/// Looks at the first bytes that come on a plain connection, and leaves: a server that speaks TLS answers plain bytes
/// with an alert of TLS, which is too short for a frame.
final class FirstBytes: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The start of an alert; no frame is so long that it starts like this.
    private static let alert: [UInt8] = [0x15, 0x03]

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.unwrapInboundIn(data).readableBytesView.starts(with: Self.alert) {
            context.fireErrorCaught(TLSFailure.peerSpeaksTLS)
        } else {
            context.fireChannelRead(data)
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
