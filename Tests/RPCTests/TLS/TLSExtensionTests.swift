import NIOCore
import NIOSSL
import Testing

@testable import RPC

/// What a server says first, depending on the protocols that a handshake has offered (X6).
@Suite(.certificates, .timeLimit(.minutes(2)))
struct TLSExtensionTests {
    @Test func `a client that has agreed on the extension is sent SETTINGS before it says a word`() async throws {
        let tls = try ServerTLS.of(Certificates.server)

        try await RunningServer.with(tls: tls) { server in
            let end = try await self.connect(to: server.address, offering: ["h2", "ttrpcx/1"])

            let first = try await end.next()

            #expect(first.stream == 0xFFFF_FFFF)
            #expect(first.type == 0x80)
            #expect(first.flags == 0)
            try await end.close()
        }
    }

    @Test(arguments: [[], ["h2"]])
    func `without that protocol a plain request is answered as on a plain connection`(offer: [String]) async throws {
        let tls = try ServerTLS.of(Certificates.server)

        try await RunningServer.with(tls: tls) { server in
            let end = try await self.connect(to: server.address, offering: offer)

            try await end.send(.request(EchoService.echo, .of("hi"), on: 1))
            let first = try await end.next()

            #expect(first.stream == 1)
            #expect(try first.message == .of("hi"))
            try await end.close()
        }
    }

    @Test func `a server without the extension does not agree on it`() async throws {
        let tls = try ServerTLS.of(Certificates.server)
        var configuration = ServerConfiguration()
        configuration.extensionSettings = nil

        try await RunningServer.with(configuration, tls: tls) { server in
            let end = try await self.connect(to: server.address, offering: ["ttrpcx/1"])

            try await end.send(.request(EchoService.echo, .of("hi"), on: 1))

            #expect(try await end.next().stream == 1)
            try await end.close()
        }
    }

    /// One end that trusts anybody.
    private func connect(to address: Server.Address, offering protocols: [String]) async throws -> WireEnd {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.applicationProtocols = protocols
        let context = try NIOSSLContext(configuration: configuration)
        return try await WireEnd.connect(to: address) { channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
        }
    }
}
