import NIOCore
import NIOPosix
import Synchronization

@testable import RPC

/// One end of a real connection in the test's hand: frames go in and out, nothing is added.
final class WireEnd: Sendable {
    let channel: any Channel
    private let inbox: Inbox

    private init(_ channel: any Channel, _ inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    /// Connects to a server, with what `prepare` puts between the socket and this end.
    static func connect(
        to address: Server.Address,
        through prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in }
    ) async throws -> WireEnd {
        let inbox = Inbox()
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(60))  // the machine may be busy
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare(channel)
                    try channel.pipeline.syncOperations.addHandler(inbox)
                }
            }
        switch address {
        case .tcp(let host, let port): return try await WireEnd(bootstrap.connect(host: host, port: port).get(), inbox)
        case .unix(let path): return try await WireEnd(bootstrap.connect(unixDomainSocketPath: path).get(), inbox)
        }
    }

    /// Takes over the channel of an accepted connection.
    static func accepted(_ channel: any Channel) -> EventLoopFuture<WireEnd> {
        let inbox = Inbox()
        return channel.pipeline.addHandler(inbox).map { WireEnd(channel, inbox) }
    }

    /// Bytes of each read so far.
    var reads: [Int] { self.inbox.reads.withLock { $0 } }

    /// Sends frames in one write.
    func send(_ frames: Frame...) async throws {
        try await self.send(bytes: frames.flatMap(\.bytes))
    }

    /// Sends bytes in one write.
    func send(bytes: [UInt8]) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// The next frame; nil when the other end has closed.
    func receive() async throws -> Frame? {
        guard let bytes = try await self.inbox.frames.next(resume: {}) else { return nil }
        return Frame.all(in: bytes).first
    }

    /// The next frame, which must come.
    func next() async throws -> Frame {
        guard let frame = try await self.receive() else { throw ChannelError.eof }
        return frame
    }

    /// Reads or stops reading.
    func setReading(_ isReading: Bool) async throws {
        try await self.channel.setOption(.autoRead, value: isReading).get()
    }

    /// Waits until the other end has closed.
    func waitUntilClosed() async throws {
        try await self.channel.closeFuture.get()
    }

    /// Closes this end.
    func close() async throws {
        try await self.channel.close()
    }
}

// `decoder` is touched on the event loop only; the rest is immutable or has a lock.
private final class Inbox: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    let frames = ResponseQueue(limit: .max)
    let reads = Mutex<[Int]>([])
    private var decoder = FrameDecoder(longestBody: .max)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        self.reads.withLock { $0.append(bytes.readableBytes) }
        self.decoder.append(bytes)
        while case .frame(let header, let body) = self.decoder.next() {
            _ = self.frames.deliver(ByteBuffer(bytes: Frame(header, body).bytes))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.frames.finish(.success(()))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
