import Glibc
import NIOCore
import Testing

@testable import RPC

/// What the kernel is asked to do for accepted connections.
@Suite(.timeLimit(.minutes(1)))
struct SocketOptionTests {
    @Test func `a client that is gone without a word is found within minutes`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()
            try await client.roundTrips(1)
            let channel = try #require(try await server.acceptedChannel())

            let isOn = try await channel.getOption(.socketOption(.so_keepalive)).get()
            let idle = try await channel.getOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE))).get()
            let interval = try await channel.getOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL))).get()
            let count = try await channel.getOption(.tcpOption(.init(rawValue: TCP_KEEPCNT))).get()
            let unconfirmed = try await channel.getOption(.tcpOption(.init(rawValue: TCP_USER_TIMEOUT))).get()
            let isImmediate = try await channel.getOption(.tcpOption(.tcp_nodelay)).get()

            #expect(isOn == 1)
            #expect(idle + interval * count <= 180)
            #expect(unconfirmed == 60_000)
            #expect(isImmediate != 0)
        }
    }
}

extension RunningServer {
    /// The server's end of the one connection it has.
    fileprivate func acceptedChannel() async throws -> (any Channel)? {
        guard let connection = self.server.core.connections.connections.first else { return nil }
        return try await connection.shared.loop.submit { connection.context?.channel }.get()
    }
}
