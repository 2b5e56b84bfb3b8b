import NIOSSL
import Testing

@testable import RPC

/// Which names a certificate is good for.
@Suite(.certificates)
struct PeerCertificateTests {
    @Test(arguments: [
        ("hub.test", true), ("HUB.Test", true), ("hub.test.", true), ("localhost", true), ("bank.test", false),
        ("test", false), ("a.hub.test", false), ("127.0.0.1", false), ("", false),
    ])
    func `a name is compared label by label`(name: String, isGood: Bool) throws {
        let certificate = try self.certificate(Certificates.server)

        #expect(certificate.isFor(name) == isGood)
    }

    @Test(arguments: [
        ("a.wild.test", true), ("A.Wild.Test", true), ("wild.test", false), ("a.b.wild.test", false),
        ("*.wild.test", true), ("a.test", false), ("aa.part.test", false), ("x.WILD.test.", true),
    ])
    func `a star stands for one label`(name: String, isGood: Bool) async throws {
        let certificate = try await self.certificate(Certificates.make("*.wild.test,DNS:*.test,DNS:a*.part.test"))

        #expect(certificate.isFor(name) == isGood)
    }

    @Test func `without alternative names it is good for none`() throws {
        let certificate = try self.certificate(Certificates.expired)

        #expect(certificate.commonName == "hub")
        #expect(certificate.dnsNames == [])
        #expect(!certificate.isFor("hub"))
    }

    private func certificate(_ pair: Certificates.Pair) throws -> PeerCertificate {
        try PeerCertificate(#require(NIOSSLCertificate.fromPEMFile(pair.certificate).first))
    }
}
