import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RPC

/// How a client uses its sockets.
@Suite(.timeLimit(.minutes(1)))
struct ClientSocketTests {
    @Test func `a small request leaves in one piece`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                async let answer = client.unary(EchoService.echo, .of("hi"))
                let end = try await fake.accept()
                let request = try await end.next()

                #expect(end.reads == [request.bytes.count])
                try await end.send(.response(.of("hi"), on: request.stream))
                _ = try await answer
            }
        }
    }

    @Test func `neither end waits for more before it sends`() async throws {
        try await RunningServer.with { server in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let dialled = Mutex<(any Channel)?>(nil)
            let dialer = Dialer(.init(), loop: loop)
            let dispatcher = CallDispatcher([server.address], .init(), on: loop, logger: .silent) {
                dialer.dial($0, $1).map { channel in
                    dialled.withLock { $0 = channel }
                    return channel
                }
            }
            let envelope = try ByteBuffer.requestEnvelope(EchoService.echo.descriptor, Ttrpc_KeyValue(), Metadata())
            let call = ClientCall(EchoService.echo.descriptor, envelope, deadline: nil, dispatcher)
            dispatcher.submit(call)
            _ = try await call.next()

            let near = try #require(dialled.withLock { $0 })
            let connection = try #require(server.server.core.connections.connections.first)
            let far = try await connection.shared.loop.submit { connection.context?.channel }.get()

            #expect(try await near.getOption(.tcpOption(.tcp_nodelay)).get() == 1)
            #expect(try await far?.getOption(.tcpOption(.tcp_nodelay)).get() == 1)
            try await dispatcher.close().get()
        }
    }
}
