internal import NIOCore

/// Hands large writes to TLS in pieces: the TLS handler keeps a buffer as large as its largest write for the life of the
/// connection.
final class PiecewiseWrites: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A full batch or a message of 64 KiB is one piece.
    static let longest = 96 * 1024

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var left = self.unwrapOutboundIn(data)
        while left.readableBytes > Self.longest, let piece = left.readSlice(length: Self.longest) {
            context.writeAndFlush(self.wrapOutboundOut(piece), promise: nil)
        }
        context.write(self.wrapOutboundOut(left), promise: promise)
    }
}
