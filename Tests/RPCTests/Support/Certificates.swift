import Foundation
import Testing

@testable import RPC

/// A folder of fresh certificates for the tests of a suite: two authorities, a server and a client of the first, and some
/// that deserve no trust.
struct Certificates: SuiteTrait, TestScoping {
    @TaskLocal private static var folder: URL?

    /// Signed by the first authority, for `hub.test`, `localhost` and 127.0.0.1.
    static var server: Pair { get throws { try self.pair("server") } }
    /// The same, of another name; comes after `server`.
    static var renewed: Pair { get throws { try self.pair("renewed") } }
    /// The same, but out of date.
    static var expired: Pair { get throws { try self.pair("expired") } }
    /// Signed by the first authority, for a client.
    static var client: Pair { get throws { try self.pair("client") } }
    /// Signed by the second authority, for a client.
    static var stranger: Pair { get throws { try self.pair("stranger") } }
    /// The first authority.
    static var authority: Pair { get throws { try self.pair("authority") } }
    /// The second authority.
    static var otherAuthority: Pair { get throws { try self.pair("other") } }

    /// A certificate and its key.
    struct Pair {
        let certificate: String
        let key: String
    }

    /// A new one for DNS names, written as alternative names are after the first `DNS:`.
    static func make(_ names: String) async throws -> Pair {
        let name = UUID().uuidString
        try await self.make(name, by: "authority", "/CN=\(name)", "subjectAltName=DNS:\(names)")
        return try self.pair(name)
    }

    /// An empty folder.
    static func makeFolder() throws -> URL {
        let folder = try #require(self.folder).appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("[req]\ndistinguished_name=dn\n[dn]\n".utf8).write(to: folder.appending(path: "empty.cnf"))
        try await Self.$folder.withValue(folder) {
            try await Self.makeAll()
            try await function()
        }
    }

    private static func makeAll() async throws {
        let names = "DNS:hub.test,DNS:localhost,IP:127.0.0.1"
        try await self.make("authority", by: nil, "/CN=authority", "basicConstraints=critical,CA:TRUE")
        try await self.make("other", by: nil, "/CN=other", "basicConstraints=critical,CA:TRUE")
        try await self.make("server", by: "authority", "/O=tests/CN=hub", "subjectAltName=\(names)")
        try await self.make("renewed", by: "authority", "/O=tests/CN=hub renewed", "subjectAltName=\(names)")
        try await self.make(
            "client",
            by: "authority",
            "/CN=gateway",
            "subjectAltName=DNS:a.test,DNS:b.test,URI:spiffe://hub.test/a"
        )
        try await self.make("stranger", by: "other", "/CN=gateway", "subjectAltName=DNS:a.test")
        try await self.makeExpired()
    }

    private static func make(_ name: String, by issuer: String?, _ subject: String, _ fact: String) async throws {
        let new = try self.pair(name)
        var signer: [String] = []
        if let issuer = try issuer.map(self.pair) { signer = ["-CA", issuer.certificate, "-CAkey", issuer.key] }
        try await OpenSSL.run(
            ["req", "-x509", "-config", self.path("empty.cnf"), "-days", "3"] + signer + [
                "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", new.key, "-out",
                new.certificate, "-subj", subject, "-addext", fact,
            ]
        )
    }

    private static func makeExpired() async throws {
        let (issuer, new) = (try self.authority, try self.pair("expired"))
        let request = try self.path("expired.csr")
        try await OpenSSL.run(
            [
                "req", "-new", "-config", self.path("empty.cnf"), "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-keyout", new.key, "-out", request, "-subj", "/CN=hub",
            ]
        )
        try await OpenSSL.run(
            [
                "x509", "-req", "-in", request, "-CA", issuer.certificate, "-CAkey", issuer.key, "-set_serial", "7",
                "-days", "-1", "-out", new.certificate,
            ]
        )
    }

    private static func pair(_ name: String) throws -> Pair {
        Pair(certificate: try self.path("\(name).pem"), key: try self.path("\(name).key"))
    }

    private static func path(_ name: String) throws -> String {
        try #require(self.folder, "the suite lacks the trait").appending(path: name).path
    }
}

extension Trait where Self == Certificates {
    /// Makes certificates for the tests of the suite.
    static var certificates: Self { Certificates() }
}

extension ServerTLS {
    /// That of a listener for tests.
    static func of(
        _ pair: Certificates.Pair,
        clientAuthorities: String? = nil,
        handshakeTimeout: Duration = .seconds(60)
    ) throws -> ServerTLS {
        try ServerTLS(
            certificateChain: pair.certificate,
            privateKey: pair.key,
            clientAuthorities: clientAuthorities,
            handshakeTimeout: handshakeTimeout,
            logger: .silent
        )
    }
}

extension ClientTLS {
    /// That of a client which trusts the first authority unless told otherwise.
    static func trusting(
        _ authority: Certificates.Pair? = nil,
        serverName: String? = nil,
        as pair: Certificates.Pair? = nil,
        extended: Bool = true
    ) throws -> ClientTLS {
        try ClientTLS(
            trust: .file((authority ?? Certificates.authority).certificate),
            serverName: serverName,
            certificateChain: pair?.certificate,
            privateKey: pair?.key,
            extended: extended,
            logger: .silent
        )
    }
}
