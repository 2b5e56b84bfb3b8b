import Foundation
import Testing

@testable import RPC

/// The listener as `openssl s_client` sees it.
@Suite(.certificates, .timeLimit(.minutes(2)))
struct OpenSSLClientTests {
    @Test func `the certificate is verified and the extension agreed on`() async throws {
        let said = try await self.connect(["-alpn", "ttrpcx/1", "-tls1_3"])

        #expect(said.contains("subject=O = tests, CN = hub"))
        #expect(said.contains("ALPN protocol: ttrpcx/1"))
        #expect(said.contains("New, TLSv1.3, Cipher is TLS_AES_"))
        #expect(said.contains("Verify return code: 0 (ok)"))
    }

    @Test func `TLS 1-2 is spoken, 1-1 is not`() async throws {
        let said = try await self.connect(["-alpn", "ttrpcx/1", "-tls1_2"])
        let old = try await self.connect(["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])

        #expect(said.contains("New, TLSv1.2, Cipher is ECDHE-ECDSA-AES"))
        #expect(said.contains("ALPN protocol: ttrpcx/1"))
        #expect(old.contains("alert protocol version"))
    }

    @Test(arguments: [[], ["-alpn", "h2,http/1.1"]])
    func `without that protocol in the offer none is agreed on, and TLS goes on`(offer: [String]) async throws {
        let said = try await self.connect(offer)

        #expect(said.contains("No ALPN negotiated"))
        #expect(said.contains("Verify return code: 0 (ok)"))
    }

    @Test func `of several protocols ours is chosen, unless the extension is off`() async throws {
        let on = try await self.connect(["-alpn", "h2,ttrpcx/1"])
        let off = try await self.connect(["-alpn", "h2,ttrpcx/1"], extension: nil)

        #expect(on.contains("ALPN protocol: ttrpcx/1"))
        #expect(off.contains("No ALPN negotiated"))
    }

    @Test func `the authorities for clients are named to the client`() async throws {
        let authority = try Certificates.authority.certificate

        let said = try await self.connect(["-tls1_2"], clientAuthorities: authority)

        #expect(said.contains("Acceptable client certificate CA names\nCN = authority"))
    }

    @Test func `a session can be taken up again, also where certificates are demanded`() async throws {
        let (authority, client) = (try Certificates.authority.certificate, try Certificates.client)
        let session = try Certificates.makeFolder().appending(path: "session").path
        let tls = try ServerTLS.of(Certificates.server, clientAuthorities: authority)
        let arguments = ["-tls1_2", "-CAfile", authority, "-cert", client.certificate, "-key", client.key]

        try await RunningServer.with(tls: tls) { server in
            let common = ["s_client", "-connect", "\(server.address)"] + arguments
            let first = try await OpenSSL.run(common + ["-sess_out", session])
            let second = try await OpenSSL.run(common + ["-sess_in", session])

            #expect(first.contains("New, TLSv1.2"))
            #expect(second.contains("Reused, TLSv1.2"))
        }
    }

    private func connect(
        _ arguments: [String],
        clientAuthorities: String? = nil,
        extension settings: ExtensionSettings? = .init()
    ) async throws -> String {
        let tls = try ServerTLS.of(Certificates.server, clientAuthorities: clientAuthorities)
        let authority = try Certificates.authority.certificate
        var configuration = ServerConfiguration()
        configuration.extensionSettings = settings
        return try await RunningServer.with(configuration, tls: tls) { server in
            try await OpenSSL.run(
                ["s_client", "-connect", "\(server.address)", "-CAfile", authority, "-verify_hostname", "hub.test"]
                    + arguments,
                mayFail: true
            )
        }
    }
}
