import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1)))
struct DrainTests {
    @Test func `finishes running calls, refuses new ones and closes`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()
            try await client.send(.request(EchoService.wait, .of("gate"), on: 1))
            await server.handlers.gates.waitIgnoringCancellation("gate began")

            async let drained: Void = server.server.drain(grace: .seconds(60))
            let refused = try await client.callUntilRefused()
            server.handlers.gates.open("gate")
            await drained

            #expect(try refused.status.code == .unavailable)
            #expect(try await client.next() == .response(.of("gate"), on: 1))
            #expect(try await client.receive() == nil)
        }
    }

    @Test func `finishes running streams`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()
            try await client.send(.request(EchoService.pause, .of("gate"), on: 1, flags: 1))
            #expect(try await client.next() == .data(.of("gate"), on: 1))

            async let drained: Void = server.server.drain(grace: .seconds(60))
            _ = try await client.callUntilRefused()
            server.handlers.gates.open("gate")
            await drained

            #expect(try await client.next() == .end(1))
            #expect(try await client.receive() == nil)
        }
    }

    @Test func `a client that turns out plain while the server drains is served no more`() throws {
        let server = try ConnectionInHand()
        server.drain()

        let answers = try server.exchange(.request(EchoService.echo, .of("late"), on: 1))

        #expect(try answers.map { try $0.status.errorInfo?.reason } == ["DRAINING"])
        #expect(server.isClosed)
    }

    @Test func `closes idle connections and accepts no more`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()
            try await client.roundTrips(1)

            await server.server.drain(grace: .seconds(60))

            #expect(try await client.receive() == nil)
            await #expect(throws: (any Error).self) { try await server.connect() }
        }
    }

    @Test func `cancels what still runs when the grace is over`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()
            try await client.send(.request(EchoService.wait, .of("gate"), on: 1))
            await server.handlers.gates.waitIgnoringCancellation("gate began")

            await server.server.drain(grace: .zero)

            #expect(server.handlers.gates.isOpen("gate cancelled"))
            #expect(try await client.receive() == nil)
        }
    }

    @Test func `closes a connection in hand with its last answer`() throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.wait, .of("gate"), on: 1))

        server.drain()
        #expect(!server.isClosed)
        server.open("gate")

        #expect(try server.receive() == [try .response(.of("gate"), on: 1)])
        #expect(server.isClosed)
    }
}

extension WireEnd {
    /// Calls `Echo` until the server goes down, and gives that answer.
    fileprivate func callUntilRefused() async throws -> Frame {
        while true {
            try await self.send(.request(EchoService.echo, on: 99))
            let answer = try await self.next()
            if try answer.status.code != .ok { return answer }
        }
    }
}
