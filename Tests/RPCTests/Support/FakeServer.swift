import NIOCore
import NIOPosix

@testable import RPC

/// Accepts connections and leaves everything else to the test.
final class FakeServer: Sendable {
    let address: Server.Address
    private let channel: any Channel
    private let accepted: AsyncStream<WireEnd>

    private init(_ channel: any Channel, _ accepted: AsyncStream<WireEnd>) {
        self.channel = channel
        self.accepted = accepted
        self.address = .tcp(host: "127.0.0.1", port: channel.localAddress?.port ?? 0)
    }

    /// Listens on any free port for as long as `body` runs, with what `prepare` puts between the sockets and their ends.
    static func with<Value>(
        through prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in },
        _ body: (FakeServer) async throws -> Value
    ) async throws -> Value {
        let (accepted, continuation) = AsyncStream.makeStream(of: WireEnd.self)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try prepare(channel) }
                    .flatMap { WireEnd.accepted(channel) }
                    .map { end in _ = continuation.yield(end) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let value = try await body(FakeServer(channel, accepted))
            try await channel.close()
            return value
        } catch {
            try await channel.close()
            throw error
        }
    }

    /// The next connection a client makes.
    func accept() async throws -> WireEnd {
        for await connection in self.accepted { return connection }
        throw ChannelError.eof
    }
}
