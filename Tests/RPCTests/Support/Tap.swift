import NIOCore
import NIOPosix
import Synchronization

@testable import RPC

/// Stands between clients and a server, passes everything on and writes down the frames.
final class Tap: Sendable {
    private struct Seen {
        var up: [FrameHeader] = []
        var down: [FrameHeader] = []
    }

    private let seen = Mutex(Seen())

    /// What the clients have sent.
    var up: [FrameHeader] { self.seen.withLock { $0.up } }
    /// What the server has sent.
    var down: [FrameHeader] { self.seen.withLock { $0.down } }

    /// Forgets what was seen.
    func clear() {
        self.seen.withLock { $0 = Seen() }
    }

    /// Leads to the server at `port` for as long as `body` runs, which is told where to connect instead.
    static func with(port: Int, _ body: (Server.Address, Tap) async throws -> Void) async throws {
        let tap = Tap()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { tap.join($0, port) }
            .bind(host: "127.0.0.1", port: 0).get()
        let result = await outcome {
            try await body(.tcp(host: "127.0.0.1", port: channel.localAddress?.port ?? 0), tap)
        }
        try await channel.close()
        try result.get()
    }

    private func join(_ near: any Channel, _ port: Int) -> EventLoopFuture<Void> {
        ClientBootstrap(group: near.eventLoop).connect(host: "127.0.0.1", port: port).flatMapThrowing { far in
            let up = Relay(to: far) { header in self.seen.withLock { $0.up.append(header) } }
            let down = Relay(to: near) { header in self.seen.withLock { $0.down.append(header) } }
            try near.pipeline.syncOperations.addHandler(up)
            try far.pipeline.syncOperations.addHandler(down)
        }
    }
}

// Touched on the event loop only, which both channels share.
private final class Relay: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let note: @Sendable (FrameHeader) -> Void
    private var decoder = FrameDecoder()

    init(to other: any Channel, note: @escaping @Sendable (FrameHeader) -> Void) {
        self.other = other
        self.note = note
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        self.decoder.append(bytes)
        while case .frame(let header, _) = self.decoder.next() { self.note(header) }
        self.other.writeAndFlush(bytes, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.other.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
