import Synchronization
import Testing

@testable import RPC

/// Listeners that demand a certificate.
@Suite(.certificates, .timeLimit(.minutes(2)))
struct MutualTLSTests {
    /// Keeps the certificates that calls came with, and refuses callers without the right name.
    private final class Guard: ServerInterceptor {
        let seen = Mutex<[PeerCertificate?]>([])

        func before(_ call: CallContext, subject: String?) async throws {
            self.seen.withLock { $0.append(call.certificate) }
            guard call.certificate?.dnsNames.contains("b.test") == true else {
                throw Status(.permissionDenied, "Not you.", reason: "WRONG_CERTIFICATE")
            }
        }
    }

    @Test func `an interceptor sees who calls`() async throws {
        let guarding = Guard()
        let server = try ServerTLS.of(Certificates.server, clientAuthorities: Certificates.authority.certificate)
        let client = try ClientTLS.trusting(as: Certificates.client)

        let answer = try await RunningServer.with(tls: server, interceptors: [guarding]) { server in
            try await server.withClient(.with { $0.tls = client }) { try await $0.unary(EchoService.echo, .of("hi")) }
        }

        let fingerprint = try await self.fingerprint(of: Certificates.client)
        let certificate = try #require(guarding.seen.withLock { $0.first ?? nil })
        #expect(answer == .of("hi"))
        #expect(certificate.commonName == "gateway")
        #expect(certificate.dnsNames == ["a.test", "b.test"])
        #expect(certificate.uris == ["spiffe://hub.test/a"])
        #expect(certificate.sha256 == fingerprint)
    }

    @Test func `an interceptor can refuse whom the authority has signed`() async throws {
        let server = try ServerTLS.of(Certificates.server, clientAuthorities: Certificates.authority.certificate)
        let client = try ClientTLS.trusting(as: Certificates.renewed)

        let result = await outcome {
            try await RunningServer.with(tls: server, interceptors: [Guard()]) { server in
                try await server.withClient(.with { $0.tls = client }) {
                    try await $0.unary(EchoService.echo, .of("hi"))
                }
            }
        }

        #expect(result.status?.errorInfo?.reason == "WRONG_CERTIFICATE")
    }

    @Test func `a client without a certificate is told so, and others notice nothing`() async throws {
        let server = try ServerTLS.of(Certificates.server, clientAuthorities: Certificates.authority.certificate)
        let (poor, good) = (try ClientTLS.trusting(), try ClientTLS.trusting(as: Certificates.client))

        try await RunningServer.with(tls: server) { server in
            try await server.withClient(.with { $0.tls = good }) { client in
                let status = await outcome {
                    try await server.withClient(.with { $0.tls = poor }) {
                        try await $0.unary(EchoService.echo, .of("hi"))
                    }
                }.status

                let answer = try await client.unary(EchoService.echo, .of("hi"))
                #expect(status?.code == .unavailable)
                #expect(status?.errorInfo?.reason == "TLS_FAILED")
                #expect(status?.message.contains("the server demands a client certificate") == true)
                #expect(answer == .of("hi"))
            }
        }
    }

    @Test func `a certificate of another authority is refused`() async throws {
        let server = try ServerTLS.of(Certificates.server, clientAuthorities: Certificates.authority.certificate)
        let client = try ClientTLS.trusting(as: Certificates.stranger)

        let status = await outcome {
            try await RunningServer.with(tls: server) { server in
                try await server.withClient(.with { $0.tls = client }) {
                    try await $0.unary(EchoService.echo, .of("hi"))
                }
            }
        }.status

        #expect(status?.errorInfo?.reason == "TLS_FAILED")
        #expect(status?.message.contains("certificate that is set up here") == true)
    }

    @Test func `without an authority for clients no certificate is asked for`() async throws {
        let guarding = Guard()
        let (server, client) = (try ServerTLS.of(Certificates.server), try ClientTLS.trusting(as: Certificates.client))

        let result = await outcome {
            try await RunningServer.with(tls: server, interceptors: [guarding]) { server in
                try await server.withClient(.with { $0.tls = client }) {
                    try await $0.unary(EchoService.echo, .of("hi"))
                }
            }
        }

        #expect(result.status?.errorInfo?.reason == "WRONG_CERTIFICATE")
        #expect(guarding.seen.withLock { $0.count == 1 && $0[0] == nil })
    }

    private func fingerprint(of pair: Certificates.Pair) async throws -> String {
        let said = try await OpenSSL.run(["x509", "-in", pair.certificate, "-noout", "-fingerprint", "-sha256"])
        let digits = try #require(said.split(separator: "=").last)
        return digits.filter(\.isHexDigit).lowercased()
    }
}
