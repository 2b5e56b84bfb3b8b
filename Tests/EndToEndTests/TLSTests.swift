import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import Support
import Testing

/// Daemon, gateway and command line over mutual TLS.
@Suite(.timeLimit(.minutes(3)))
struct TLSTests {
    @Test func `gateway and command line call over mutual TLS, and new certificates are taken up`() async throws {
        let hub = try await RunningHub.shared()
        let files = try await CertificateFiles()
        let daemon = try await hub.anotherDaemon(settings: [
            "--rpc-tls-listen", "127.0.0.1:0", "--rpc-tls-certificate", files.path("server.pem"), "--rpc-tls-key",
            files.path("server.key"), "--rpc-tls-client-ca", files.path("ca.pem"),
        ])
        let address = try #require(daemon.rpc.after(", ").split(separator: " ").first.map(String.init))
        let person = try await Person.signedIn(hub)
        let flags = [
            "--server", address, "--tls-ca", files.path("ca.pem"), "--tls-certificate", files.path("client.pem"),
            "--tls-key", files.path("client.key"),
        ]

        let signedIn = try await person.run(["login", "--email", person.email] + flags)
        let balance = try await person.run(["balance", "--server", address])
        let stranger = try await person.run(["models", "--server", address, "--tls-ca", files.path("ca.pem")])
        let plain = try await Person(hub).run(["register", "--email", person.email, "--server", address])
        let ready = try await self.readiness(of: address, files)
        try await files.renewServer()
        daemon.program.send(SIGHUP)
        _ = try await daemon.program.line(holding: "certificates read again")
        let after = try await person.run(["balance", "--server", address])

        #expect(signedIn.exit == .code(0), "\(signedIn.errors)")
        #expect(balance.exit == .code(0), "\(balance.errors)")
        #expect(stranger.exit == .code(7))
        #expect(stranger.errors.contains("the server demands a client certificate"))
        #expect(plain.exit == .code(7))
        #expect(plain.errors.contains("the server speaks TLS there"))
        #expect(ready == 200)
        #expect(after.exit == .code(0), "\(after.errors)")
        #expect(try await files.subject(at: address).contains("CN = renewed"))

        try Data("garbage".utf8).write(to: URL(filePath: files.path("server.pem")))
        daemon.program.send(SIGHUP)
        _ = try await daemon.program.line(holding: "new certificates refused")
        #expect(try await files.subject(at: address).contains("CN = renewed"))
        daemon.program.terminate()
        #expect(try await daemon.program.exit() == .code(0))
    }

    /// What a gateway answers that calls the daemon over TLS.
    private func readiness(of address: String, _ files: CertificateFiles) async throws -> Int {
        let gateway = try await Program(
            Program.built("hub-gateway"),
            [
                "--http-port", "0", "--rpc-address", address, "--rpc-tls-ca", files.path("ca.pem"),
                "--rpc-tls-certificate", files.path("client.pem"), "--rpc-tls-key", files.path("client.key"),
            ]
        )
        let url = try await gateway.line(holding: "gateway listening on ").after("listening on ")
        let answer = try await HTTPClient.shared.execute(HTTPClientRequest(url: url + "/readyz"), timeout: .seconds(60))
        gateway.terminate()
        return Int(answer.status.code)
    }
}

/// Certificates of an authority of their own.
private struct CertificateFiles {
    private let folder: String

    init() async throws {
        self.folder = try ScratchFolder.make("certificates")
        try Data("[req]\ndistinguished_name=dn\n[dn]\n".utf8).write(to: URL(filePath: self.path("empty.cnf")))
        try await self.make("ca", "/CN=ca", ["-addext", "basicConstraints=critical,CA:TRUE"])
        try await self.make("server", "/CN=first", self.signed + ["-addext", "subjectAltName=IP:127.0.0.1"])
        try await self.make("client", "/CN=somebody", self.signed)
    }

    private var signed: [String] { ["-CA", self.path("ca.pem"), "-CAkey", self.path("ca.key")] }

    func path(_ name: String) -> String { self.folder + "/" + name }

    func renewServer() async throws {
        try await self.make("server", "/CN=renewed", self.signed + ["-addext", "subjectAltName=IP:127.0.0.1"])
    }

    /// What `openssl` says of the certificate that a listener shows.
    func subject(at address: String) async throws -> String {
        try await Program.run("openssl", ["s_client", "-connect", address]).output.joined(separator: "\n")
    }

    private func make(_ name: String, _ subject: String, _ arguments: [String]) async throws {
        let made = try await Program.run(
            "openssl",
            [
                "req", "-x509", "-config", self.path("empty.cnf"), "-days", "3", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.path("\(name).key"), "-out",
                self.path("\(name).pem"), "-subj", subject,
            ] + arguments
        )
        try #require(made.exit == .code(0), "\(made.errors)")
    }
}
