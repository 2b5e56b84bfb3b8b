import Foundation
import Testing

@testable import RPC

/// New certificates while the server runs.
@Suite(.certificates, .timeLimit(.minutes(2)))
struct TLSReloadTests {
    @Test func `standing connections go on, new ones see the new certificate`() async throws {
        let files = try self.install(Certificates.server, in: Certificates.makeFolder())
        let (tls, client) = (try ServerTLS.of(files), try ClientTLS.trusting())

        try await RunningServer.with(tls: tls) { server in
            try await server.withClient(.with { $0.tls = client }) { client in
                try await client.serverStreaming(EchoService.endless, .of("x")) { responses in
                    var stream = responses.makeAsyncIterator()
                    #expect(try await stream.next() == .of("x"))
                    #expect(try await self.subject(at: server.address).contains("CN = hub\n"))

                    try self.install(Certificates.renewed, in: URL(filePath: files.key).deletingLastPathComponent())
                    try tls.reload()

                    #expect(try await self.subject(at: server.address).contains("CN = hub renewed\n"))
                    for _ in 0..<1_000 { #expect(try await stream.next() == .of("x")) }
                }
            }
        }
    }

    @Test func `a reload of bad files says why and changes nothing`() async throws {
        let files = try self.install(Certificates.server, in: Certificates.makeFolder())
        let (tls, client) = (try ServerTLS.of(files), try ClientTLS.trusting())

        try await RunningServer.with(tls: tls) { server in
            try FileManager.default.removeItem(atPath: files.key)
            try FileManager.default.copyItem(atPath: Certificates.renewed.key, toPath: files.key)
            let mismatch = #expect(throws: TLSFileError.self) { try tls.reload() }
            try FileManager.default.removeItem(atPath: files.certificate)
            let missing = #expect(throws: TLSFileError.self) { try tls.reload() }
            let answer = try await server.withClient(.with { $0.tls = client }) {
                try await $0.unary(EchoService.echo, .of("hi"))
            }

            #expect(mismatch?.description.contains("\(files.key) does not belong") == true)
            #expect(missing?.description.contains("\(files.certificate) for TLS cannot be read") == true)
            #expect(answer == .of("hi"))
        }
    }

    @Test func `a client reloads what it proves itself with`() async throws {
        let files = try self.install(Certificates.stranger, in: Certificates.makeFolder())
        let server = try ServerTLS.of(Certificates.server, clientAuthorities: Certificates.authority.certificate)
        let tls = try ClientTLS.trusting(as: files)

        try await RunningServer.with(tls: server) { server in
            try await server.withClient(.with { ($0.tls, $0.firstBackoff) = (tls, .zero) }) { client in
                let refused = await outcome { try await client.unary(EchoService.echo, .of("hi")) }

                try self.install(Certificates.client, in: URL(filePath: files.key).deletingLastPathComponent())
                try tls.reload()

                #expect(refused.status?.errorInfo?.reason == "TLS_FAILED")
                #expect(try await client.unary(EchoService.echo, .of("hi")) == .of("hi"))
            }
        }
    }

    /// Puts copies into a folder.
    @discardableResult
    private func install(_ pair: Certificates.Pair, in folder: URL) throws -> Certificates.Pair {
        let copy = Certificates.Pair(
            certificate: folder.appending(path: "tls.pem").path,
            key: folder.appending(path: "tls.key").path
        )
        try Data(contentsOf: URL(filePath: pair.certificate)).write(to: URL(filePath: copy.certificate))
        try Data(contentsOf: URL(filePath: pair.key)).write(to: URL(filePath: copy.key))
        return copy
    }

    /// What `openssl` says of the certificate that a listener shows.
    private func subject(at address: Server.Address) async throws -> String {
        try await OpenSSL.run(["s_client", "-connect", "\(address)", "-servername", "hub.test"])
    }
}
