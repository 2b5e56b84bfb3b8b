import NIOCore
import NIOPosix

/// Answers the first bytes of each connection with the same bytes, whatever was asked, and closes it if told to.
struct ScriptedPeer: Sendable {
    /// Where it listens, such as `127.0.0.1:4711`.
    let address: String

    static func with<Value>(
        _ answer: [UInt8],
        closes: Bool = false,
        _ body: (ScriptedPeer) async throws -> Value
    ) async throws -> Value {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(answer, closes: closes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(ScriptedPeer(address: "127.0.0.1:\(channel.localAddress?.port ?? 0)")))
        } catch {
            result = .failure(error)
        }
        try await channel.close()
        return try result.get()
    }
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var answer: [UInt8]?
    private let closes: Bool

    init(_ answer: [UInt8], closes: Bool) {
        self.answer = answer
        self.closes = closes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let answer = self.answer else { return }
        self.answer = nil
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
        if self.closes { context.close(promise: nil) }
    }
}
