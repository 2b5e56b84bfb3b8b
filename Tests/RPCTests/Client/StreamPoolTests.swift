import NIOCore
import Testing

@testable import RPC

/// The connections of streams.
@Suite(.timeLimit(.minutes(1)))
struct StreamPoolTests {
    private func readAll(_ client: Client) async throws -> Int {
        try await client.serverStreaming(EchoService.count, .of("3")) { responses in
            try await responses.reduce(into: 0) { count, _ in count += 1 }
        }
    }

    @Test func `uses the connection of an ended stream again`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                async let first = self.readAll(client)
                let connection = try await fake.accept()
                #expect(try await connection.next().stream == 1)
                try await connection.send(.end(1))
                #expect(try await first == 0)

                async let second = self.readAll(client)
                #expect(try await connection.next().stream == 3)
                try await connection.send(.data(.of("x"), on: 3), .end(3))

                #expect(try await second == 1)
            }
        }
    }

    @Test func `gives streams at the same time connections of their own`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                async let first = self.readAll(client)
                let one = try await fake.accept()
                async let second = self.readAll(client)
                let two = try await fake.accept()
                _ = (try await one.next(), try await two.next())

                try await two.send(.end(1))
                #expect(try await second == 0)
                try await one.send(.end(1))
                #expect(try await first == 0)
            }
        }
    }

    @Test func `closes the connection of a stream that is left early`() async throws {
        try await RunningServer.with { server in
            try await server.withClient { client in
                let first = try await client.serverStreaming(EchoService.endless, .of("x")) { responses in
                    for try await response in responses { return response.key }
                    return ""
                }

                await server.handlers.gates.waitIgnoringCancellation("endless ended")
                #expect(first == "x")
            }
        }
    }

    @Test func `refuses streams above its limit`() async throws {
        try await RunningServer.with { server in
            try await server.withClient(.with { $0.maxStreams = 1 }) { client in
                try await client.serverStreaming(EchoService.pause, .of("gate")) { responses in
                    for try await _ in responses {
                        let failure = await #expect(throws: Status.self) { try await self.readAll(client) }
                        #expect(failure?.errorInfo?.reason == "TOO_MANY_STREAMS")
                        server.handlers.gates.open("gate")
                    }
                }

                #expect(try await self.readAll(client) == 3)
            }
        }
    }

    @Test func `keeps no more idle connections than it may`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address, .with { $0.maxIdleStreamConnections = 0 }) { client in
                async let answer = self.readAll(client)
                let connection = try await fake.accept()
                _ = try await connection.next()
                try await connection.send(.end(1))

                #expect(try await answer == 0)
                #expect(try await connection.receive() == nil)
            }
        }
    }

    @Test func `a stream that is not read holds up its server and nothing else`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                let message = Ttrpc_KeyValue.of(String(repeating: "x", count: 64 * 1024))
                let total = 256
                async let count = client.serverStreaming(EchoService.count, .init()) { responses in
                    _ = try await client.unary(EchoService.echo, .init())  // reads nothing until this is answered
                    return try await responses.reduce(into: 0) { count, _ in count += 1 }
                }
                let first = try await fake.accept()
                let second = try await fake.accept()
                let isStreamFirst = try await first.next().flags == 1
                let (stream, unary) = isStreamFirst ? (first, second) : (second, first)

                let frame = try Frame.data(message, on: 1)
                let written = stream.channel.eventLoop.makePromise(of: Void.self)
                for _ in 0..<total {
                    stream.channel.write(ByteBuffer(bytes: frame.bytes), promise: nil)
                }
                stream.channel.writeAndFlush(ByteBuffer(bytes: Frame.end(1).bytes), promise: written)
                #expect(try await stream.channel.getOption(.bufferedWritableBytes).get() > 0)
                try await unary.send(.response(.init(), on: 1))

                try await written.futureResult.get()
                #expect(try await count == total)
            }
        }
    }
}
