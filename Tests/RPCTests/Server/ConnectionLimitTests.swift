import NIOCore
import Testing

@testable import RPC

/// The bound on connections from one address.
@Suite(.timeLimit(.minutes(1)))
struct ConnectionLimitTests {
    @Test func `closes at once what comes above the limit of its address`() async throws {
        try await RunningServer.with(.with { $0.maxConnectionsPerAddress = 2 }) { server in
            let first = try await server.connect()
            let second = try await server.connect()
            try await first.roundTrips(1)
            try await second.roundTrips(1)

            let third = try await server.connect()
            try await third.waitUntilClosed()

            try await first.roundTrips(1)
            try await second.roundTrips(1)
        }
    }

    @Test func `counts every address for itself, and forgets connections that are gone`() throws {
        let registry = ConnectionRegistry(limit: 100, limitPerHost: 2)
        let server = try ConnectionInHand()
        func connection(_ host: String?) -> ServerConnection {
            ServerConnection(of: server.core, on: server.connection.shared, from: host)
        }
        let first = connection("192.0.2.1")

        #expect(registry.add(first))
        #expect(registry.add(connection("192.0.2.1")))
        #expect(!registry.add(connection("192.0.2.1")))
        #expect(registry.add(connection("192.0.2.2")))
        for _ in 0..<5 { #expect(registry.add(connection(nil))) }
        registry.remove(first)
        registry.remove(first)

        #expect(registry.add(connection("192.0.2.1")))
        #expect(!registry.add(connection("192.0.2.1")))
    }
}
