import Testing

@testable import RPC

/// What only real sockets show.
@Suite(.timeLimit(.minutes(1)))
struct ServerSocketTests {
    @Test func `serves a frame that comes byte by byte`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()

            for byte in try Frame.request(EchoService.echo, .of("hi"), on: 1).bytes {
                try await client.send(bytes: [byte])
            }

            #expect(try await client.next() == .response(.of("hi"), on: 1))
        }
    }

    @Test func `a small answer leaves in one piece`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()

            for stream in [1, 3, 5] as [UInt32] {
                try await client.send(.request(EchoService.echo, .of("hi"), on: stream))
                _ = try await client.next()
            }

            let length = try Frame.response(.of("hi"), on: 1).bytes.count
            #expect(client.reads == [length, length, length])
        }
    }

    @Test func `closing the socket cancels the handlers of the connection`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()
            try await client.send(.request(EchoService.wait, .of("gate"), on: 1))
            await server.handlers.gates.waitIgnoringCancellation("gate began")

            try await client.close()

            await server.handlers.gates.waitIgnoringCancellation("gate cancelled")
        }
    }

    @Test func `closes at once what comes above the connection limit`() async throws {
        try await RunningServer.with(.with { $0.maxConnections = 1 }) { server in
            let first = try await server.connect()
            try await first.send(.request(EchoService.echo, on: 1))
            _ = try await first.next()

            let second = try await server.connect()
            try await second.waitUntilClosed()

            try await first.send(.request(EchoService.echo, .of("hi"), on: 3))
            #expect(try await first.next() == .response(.of("hi"), on: 3))
        }
    }

    @Test func `garbage closes its connection and no other`() async throws {
        try await RunningServer.with { server in
            let good = try await server.connect()
            let bad = try await server.connect()

            try await bad.send(bytes: Array("GET / HTTP/1.1\r\n\r\n".utf8))
            try await bad.waitUntilClosed()

            try await good.send(.request(EchoService.echo, .of("hi"), on: 1))
            #expect(try await good.next() == .response(.of("hi"), on: 1))
        }
    }

    @Test func `reads nothing more from a peer that leaves its answers, and goes on when it takes them`() async throws {
        try await RunningServer.with(.with { $0.maxPendingOutput = 1 }) { server in
            let client = try await server.connect()
            let other = try await server.connect()
            try await client.setReading(false)
            let most = FrameHeader.longestBody - 100
            for stream in [1, 3, 5] as [UInt32] {
                try await client.send(.request(EchoService.large, .of("\(most)"), on: stream))
            }
            try await other.roundTrips(3)

            try await client.send(.request(EchoService.wait, .of("gate"), on: 7))
            try await other.roundTrips(3)
            #expect(!server.handlers.gates.isOpen("gate began"))
            try await client.setReading(true)

            await server.handlers.gates.waitIgnoringCancellation("gate began")
            for _ in 0..<3 { #expect(try await client.next().body.count > most) }
        }
    }

    @Test func `closes a peer that takes no answer for too long`() async throws {
        try await RunningServer.with(.with { $0.stallTimeout = .milliseconds(50) }) { server in
            let client = try await server.connect()
            try await client.setReading(false)

            try await client.send(.request(EchoService.endless, .of("x"), on: 1, flags: 1))

            await server.handlers.gates.waitIgnoringCancellation("endless ended")
        }
    }

    @Test func `a stalled stream leaves other connections alone`() async throws {
        try await RunningServer.with { server in
            let stalled = try await server.connect()
            let client = try await server.connect()
            try await stalled.setReading(false)
            try await stalled.send(.request(EchoService.endless, .of(String(repeating: "x", count: 10_000)), on: 1))
            await server.handlers.gates.waitIgnoringCancellation("endless began")

            try await client.roundTrips(200)
        }
    }

    @Test func `handlers stay on the loop, and responses may be written from elsewhere`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()

            try await client.send(.request(EchoService.elsewhere, on: 1, flags: 1))

            #expect(try await client.next() == .data(.of("true", value: "false"), on: 1))
            #expect(try await client.next() == .end(1))
        }
    }
}

extension WireEnd {
    /// Calls `Echo` a number of times, one after the other.
    func roundTrips(_ count: Int) async throws {
        for _ in 0..<count {
            try await self.send(.request(EchoService.echo, .of("ping"), on: 99))
            #expect(try await self.next() == .response(.of("ping"), on: 99))
        }
    }
}
