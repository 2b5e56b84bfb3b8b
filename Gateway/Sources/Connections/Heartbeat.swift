import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Writes a comment into an event stream that was silent for a while, so that nothing on the way takes it for dead.
final class Heartbeat: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let interval: TimeAmount
    private var timer: Scheduled<Void>?
    private var lastWrite = NIODeadline.uptimeNanoseconds(0)

    init(interval: TimeAmount = .seconds(15)) {
        self.interval = interval
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.lastWrite = context.eventLoop.now
        switch self.unwrapOutboundIn(data) {
        case .head(let head):
            let isEventStream = head.headerFields[.contentType] == MediaType.eventStream.rawValue
            if isEventStream { self.schedule(context, self.interval) }
        case .body: break
        case .end: self.timer.take()?.cancel()
        }
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timer.take()?.cancel()
    }

    private func schedule(_ context: ChannelHandlerContext, _ delay: TimeAmount) {
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.beat(context) }
    }

    private func beat(_ context: ChannelHandlerContext) {
        let silence = context.eventLoop.now - self.lastWrite
        guard silence >= self.interval else { return self.schedule(context, self.interval - silence) }
        if context.channel.isWritable {
            let comment = HTTPResponsePart.body(ByteBuffer(string: ":\n\n"))
            context.writeAndFlush(self.wrapOutboundOut(comment), promise: nil)
        }
        self.lastWrite = context.eventLoop.now
        self.schedule(context, self.interval)
    }
}
