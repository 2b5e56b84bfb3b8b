import NIOCore
import NIOEmbedded
import Testing

@testable import RPC

/// Cancellation, lost connections and limits, from the client's side.
@Suite(.timeLimit(.minutes(1)))
struct ClientFailureTests {
    @Test func `a plain server stops a stream that failed on this side`() throws {
        let client = ClientInHand()
        let call = try client.call(EchoService.count)

        let header = Frame.header(length: FrameHeader.longestBody + 1, stream: 1, type: 3)
        try client.connections[0].writeInbound(ByteBuffer(bytes: header))
        client.loop.run()

        #expect(call.failure?.errorInfo?.reason == "FRAME_TOO_LONG")
        #expect(client.isClosed())
    }

    @Test func `names the address when nobody listens`() async throws {
        let address = try await FakeServer.with { $0.address }

        try await Client.with(address) { client in
            let failure = await #expect(throws: Status.self) { try await client.unary(EchoService.echo, .init()) }
            let ofStream = await #expect(throws: Status.self) {
                try await client.serverStreaming(EchoService.count, .init()) { responses in
                    for try await _ in responses {}
                }
            }

            for failure in [failure, ofStream] {
                #expect(failure?.code == .unavailable)
                #expect(failure?.errorInfo?.reason == "CONNECT_FAILED")
                #expect(failure?.message.contains("\(address)") == true)
            }
        }
    }

    @Test func `a lost connection ends its calls, and the next call makes a new one`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address, .with { $0.retry = .never }) { client in
                async let lost = outcome { try await client.unary(EchoService.echo, .of("lost")) }
                let first = try await fake.accept()
                _ = try await first.next()
                try await first.close()
                let failure = await lost.status

                async let answer = client.unary(EchoService.echo, .of("hi"))
                let second = try await fake.accept()
                let request = try await second.next()
                try await second.send(.response(.of("hi"), on: request.stream))

                #expect(failure?.code == .unavailable)
                #expect(failure?.errorInfo?.reason == "CONNECTION_LOST")
                #expect(failure?.message.contains("may have been executed") == true)
                #expect(request.stream == 1)
                #expect(try await answer == .of("hi"))
            }
        }
    }

    @Test func `a stream that is cut off fails behind its last message`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                let read = Mailbox()
                async let answer = outcome {
                    try await client.serverStreaming(EchoService.count, .init()) { responses in
                        for try await response in responses { read.add(response.key) }
                    }
                }
                let connection = try await fake.accept()
                _ = try await connection.next()
                try await connection.send(.data(.of("a"), on: 1), .data(.of("b"), on: 1))
                try await connection.close()

                let failure = await answer.status

                #expect(read.all == ["a", "b"])
                #expect(failure?.errorInfo?.reason == "CONNECTION_LOST")
            }
        }
    }

    @Test func `cancelling the task ends a unary call at once and keeps the connection`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                let task = Task { try await client.unary(EchoService.echo, .of("cancelled")) }
                let connection = try await fake.accept()
                _ = try await connection.next()
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }

                #expect(try await connection.next() == .cancel(1, 1))
                async let answer = client.unary(EchoService.echo, .of("hi"))
                let request = try await connection.next()
                try await connection.send(.response(.of("late"), on: 1), .response(.of("hi"), on: request.stream))

                #expect(request.stream == 3)
                #expect(try await answer == .of("hi"))
            }
        }
    }

    @Test func `cancelling the task ends a stream at once and closes its connection`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                let task = Task {
                    try await client.serverStreaming(EchoService.count, .init()) { responses in
                        for try await _ in responses {}
                    }
                }
                let connection = try await fake.accept()
                _ = try await connection.next()

                task.cancel()

                await #expect(throws: CancellationError.self) { try await task.value }
                #expect(try await connection.receive() == nil)
            }
        }
    }

    @Test func `a cancelled task does not even connect`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    _ = try await client.unary(EchoService.echo, .init())
                }

                await #expect(throws: CancellationError.self) { try await task.value }
            }
        }
    }

    @Test func `refuses unary calls above its limit`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address, .with { $0.maxConcurrentCalls = 1 }) { client in
                async let first = client.unary(EchoService.echo, .of("1"))
                let connection = try await fake.accept()
                _ = try await connection.next()

                let failure = await #expect(throws: Status.self) { try await client.unary(EchoService.echo, .of("2")) }
                try await connection.send(.response(.of("1"), on: 1))

                #expect(failure?.errorInfo?.reason == "TOO_MANY_CALLS")
                #expect(try await first == .of("1"))
            }
        }
    }

    @Test func `refuses a request that is too long and sends nothing of it`() async throws {
        try await RunningServer.with { server in
            try await server.withClient { client in
                let message = Ttrpc_KeyValue.of(String(repeating: "x", count: FrameHeader.longestBody))

                let refused = await outcome { try await client.unary(EchoService.echo, message) }
                let next = try await client.unary(EchoService.echo, .of("hi"))

                #expect(refused.status?.errorInfo?.reason == "MESSAGE_TOO_LONG")
                #expect(next == .of("hi"))
            }
        }
    }

    @Test func `closing ends running calls and takes no more`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                async let answer = outcome { try await client.unary(EchoService.echo, .init()) }
                let connection = try await fake.accept()
                _ = try await connection.next()

                await client.close()

                let running = await answer.status
                let later = await #expect(throws: Status.self) { try await client.unary(EchoService.echo, .init()) }
                #expect(running == .clientClosed)
                #expect(later == .clientClosed)
                #expect(try await connection.receive() == nil)
            }
        }
    }
}
