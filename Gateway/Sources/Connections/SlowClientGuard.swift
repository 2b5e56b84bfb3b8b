import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client takes too long to send a request, or does not read its answer.
///
/// The time for the header and between requests is bounded by Hummingbird's idle timeout.
final class SlowClientGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let bodyTime: TimeAmount
    private let stallTime: TimeAmount
    private var bodyTimer: Scheduled<Void>?
    private var stallTimer: Scheduled<Void>?

    /// - Parameters:
    ///   - bodyTime: From the header of a request to its end.
    ///   - stallTime: How long the socket may take nothing of what waits to be written.
    init(bodyTime: TimeAmount = .seconds(60), stallTime: TimeAmount = .seconds(60)) {
        self.bodyTime = bodyTime
        self.stallTime = stallTime
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head: self.bodyTimer = self.bodyTimer ?? self.close(context, after: self.bodyTime)
        case .body: break
        case .end: self.bodyTimer.take()?.cancel()
        }
        context.fireChannelRead(data)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            self.stallTimer.take()?.cancel()
        } else {
            self.stallTimer = self.stallTimer ?? self.close(context, after: self.stallTime)
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.bodyTimer.take()?.cancel()
        self.stallTimer.take()?.cancel()
        context.fireChannelInactive()
    }

    private func close(_ context: ChannelHandlerContext, after time: TimeAmount) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }
}
