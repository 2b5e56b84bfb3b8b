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

    @Test func `our client offers the extension in the handshake, and then no more in its requests`() async throws {
        let context = try Self.serverContext(Certificates.server, offering: ["ttrpcx/1"])
        let tls = try ClientTLS.trusting()

        try await FakeServer.with {
            try $0.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        } _: { fake in
            try await Client.with(fake.address, .with { $0.tls = tls }) { client in
                async let answer = client.unary(EchoService.echo, .of("hi"))
                let end = try await fake.accept()
                let request = try await end.next()
                #expect(try request.request.xtOffer.isEmpty)

                try await end.send(.settings())
                let acknowledgement = try await end.next()
                try await end.send(.response(.of("hi"), on: request.stream))

                #expect(acknowledgement.asExtended != nil)
                #expect((acknowledgement.type, acknowledgement.flags) == (0x80, 1))
                #expect(try await answer == .of("hi"))
            }
        }
    }

    @Test func `our client offers it in its requests if the handshake has agreed on nothing`() async throws {
        let context = try Self.serverContext(Certificates.server, offering: [])
        let tls = try ClientTLS.trusting()

        try await FakeServer.with {
            try $0.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        } _: { fake in
            try await Client.with(fake.address, .with { $0.tls = tls }) { client in
                async let answer = client.unary(EchoService.echo, .of("hi"))
                let end = try await fake.accept()
                let request = try await end.next()
                #expect(try !request.request.xtOffer.isEmpty)
                try await end.send(.response(.of("hi"), on: request.stream))

                #expect(try await answer == .of("hi"))
            }
        }
    }

    /// Headers before a stream come only where both ends have agreed.
    @Test func `our client and our server agree on it`() async throws {
        let (server, client) = (try ServerTLS.of(Certificates.server), try ClientTLS.trusting())
        let receipt = CallReceipt()

        try await RunningServer.with(tls: server) { server in
            try await withClient(at: server.address.description, tls: client) { client in
                _ = try await client.unary(EchoService.echo, .of("hi"))
                try await client.serverStreaming(EchoService.adornedStream, .of("x"), .init(receipt: receipt)) {
                    for try await _ in $0 {}
                }
            }
        }

        #expect(receipt.headers["h"] == "1")
        #expect(receipt.trailers["t"] == "2")
    }

    private static func serverContext(
        _ pair: Certificates.Pair,
        offering protocols: [String]
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(pair.certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: pair.key, format: .pem))
        )
        configuration.applicationProtocols = protocols
        return try NIOSSLContext(configuration: configuration)
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
