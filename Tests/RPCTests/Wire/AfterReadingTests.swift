import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import RPC

struct AfterReadingTests {
    /// Works for a tenth of a millisecond, again and again, until told to stop.
    // Touched on its event loop only.
    private final class Busy: @unchecked Sendable {
        private let loop: any EventLoop
        var isOver = false

        init(on loop: any EventLoop) {
            self.loop = loop
        }

        func start() {
            self.loop.afterReading {
                let end = NIODeadline.now() + .microseconds(100)
                while NIODeadline.now() < end {}
                if !self.isOver { self.start() }
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `several that are always busy leave the loop time to look at its sockets`()
        async throws
    {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let busy = Busy(on: loop)
        let accepted = loop.makePromise(of: Void.self)
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { _ in
                busy.isOver = true
                accepted.succeed()
                return loop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await loop.submit { for _ in 0..<5 { busy.start() } }.get()

        let address = try #require(server.localAddress)
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(to: address).get()
        try await accepted.futureResult.get()
        try await client.close()
        try await server.close()
        try await group.shutdownGracefully()
    }

    @Test func `each event loop of a thread has its own time`() {
        let (first, second) = (EmbeddedEventLoop(), EmbeddedEventLoop())
        var done: [String] = []
        first.afterReading {
            done.append("first")
            second.afterReading { done.append("second") }
            first.afterReading { done.append("first again") }
        }

        first.advanceTime(by: .milliseconds(10))
        #expect(done == ["first", "first again"])
        second.advanceTime(by: .milliseconds(10))
        #expect(done == ["first", "first again", "second"])
    }
}
