import NIOCore
import NIOPosix
import Testing

@testable import RPC

/// Connections that do not become secure: every one ends soon, with a reason.
@Suite(.certificates, .timeLimit(.minutes(2)))
struct TLSRefusalTests {
    @Test func `a server of an unknown authority is not trusted`() async throws {
        let client = try ClientTLS.trusting(Certificates.otherAuthority)

        let status = try await self.status(server: .of(Certificates.server), client: client)

        #expect(status?.code == .unavailable)
        #expect(status?.errorInfo?.reason == "TLS_FAILED")
        #expect(status?.message.contains("no authority trusted here has signed it") == true)
    }

    @Test func `nor is one that only this machine's authorities could vouch for`() async throws {
        let client = try ClientTLS(trust: .system, logger: .silent)

        let status = try await self.status(server: .of(Certificates.server), client: client)

        #expect(status?.message.contains("no authority trusted here has signed it") == true)
    }

    @Test func `nor one of another name`() async throws {
        let client = try ClientTLS.trusting(serverName: "bank.test")

        let status = try await self.status(server: .of(Certificates.server), client: client)

        #expect(status?.errorInfo?.reason == "TLS_FAILED")
        #expect(status?.message.contains("another name than bank.test") == true)
    }

    @Test func `nor one whose certificate has expired`() async throws {
        let client = try ClientTLS.trusting(serverName: "hub.test")

        let status = try await self.status(server: .of(Certificates.expired), client: client)

        #expect(status?.message.contains("has expired") == true)
    }

    @Test func `a plain client learns that the server speaks TLS`() async throws {
        let status = try await self.status(server: .of(Certificates.server), client: nil)

        #expect(status?.code == .unavailable)
        #expect(status?.errorInfo?.reason == "TLS_FAILED")
        #expect(status?.message.contains("speaks TLS") == true)
    }

    @Test func `a client with TLS learns that the server may speak none`() async throws {
        let status = try await self.status(server: nil, client: .trusting())

        #expect(status?.code == .unavailable)
        #expect(status?.errorInfo?.reason == "TLS_FAILED")
        #expect(status?.message.contains("Does it speak TLS there?") == true)
    }

    @Test func `a server that does not answer the handshake is given up`() async throws {
        let tls = try ClientTLS.trusting()

        let status = try await FakeServer.with { server in
            let configuration = ClientConfiguration.with { ($0.connectTimeout, $0.tls) = (.seconds(1), tls) }
            let dialer = Dialer(configuration, loop: MultiThreadedEventLoopGroup.singleton.any())
            let connection = ClientConnection.unused
            return await outcome { _ = try await dialer.dial(server.address, connection).map { _ in }.get() }
        }

        #expect(throws: TLSFailure.timedOut) { try status.get() }
    }

    @Test func `a client that stalls in its handshake is closed, and others notice nothing`() async throws {
        let impatient = try ServerTLS.of(Certificates.server, handshakeTimeout: .milliseconds(100))
        let (tls, client) = (try ServerTLS.of(Certificates.server), try ClientTLS.trusting())

        try await RunningServer.with(tls: tls) { server in
            let address = try await server.server.listen(on: .tcp(host: "127.0.0.1", port: 0), tls: impatient)
            try await server.withClient(.with { $0.tls = client }) { client in
                let (silent, slow) = (try await WireEnd.connect(to: address), try await WireEnd.connect(to: address))
                // The beginning of a hello; the time may be up before it.
                try? await slow.send(bytes: [0x16, 0x03, 0x01, 0x02, 0x00, 0x01])

                try await silent.waitUntilClosed()
                try await slow.waitUntilClosed()

                #expect(try await client.unary(EchoService.echo, .of("after")) == .of("after"))
            }
        }
    }

    @Test func `garbage instead of a handshake closes its connection only`() async throws {
        let (server, client) = (try ServerTLS.of(Certificates.server), try ClientTLS.trusting())
        var random = SeededGenerator(seed: 7)

        try await RunningServer.with(tls: server) { server in
            try await server.withClient(.with { $0.tls = client }) { client in
                for _ in 0..<20 {
                    let end = try await server.connect()
                    try await end.send(bytes: [0xFF] + random.bytes(upTo: 300) + [UInt8](repeating: 0, count: 16))
                    try await end.waitUntilClosed()
                }

                #expect(try await client.unary(EchoService.echo, .of("after")) == .of("after"))
            }
        }
    }

    /// How a call ends between such a server and such a client.
    private func status(server: ServerTLS?, client: ClientTLS?) async throws -> Status? {
        await outcome {
            try await RunningServer.with(tls: server) { server in
                try await server.withClient(.with { $0.tls = client }) {
                    try await $0.unary(EchoService.echo, .of("hi"))
                }
            }
        }.status
    }
}

extension ClientConnection {
    /// One that belongs to no client.
    fileprivate static var unused: ClientConnection {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let address = Server.Address.unix(path: "/nowhere")
        let dispatcher = CallDispatcher([address], .init(), on: loop, logger: .silent) { _, _ in
            loop.makeFailedFuture(ChannelError.eof)
        }
        let endpoint = Endpoint(address, of: dispatcher) { _ in loop.makeFailedFuture(ChannelError.eof) }
        return ClientConnection(to: endpoint, for: .oneStream)
    }
}
