import ArgumentParser
import Foundation
import Glibc
import Testing

@testable import hub

/// Which encryption a command uses.
struct EncryptionTests {
    private func chosen(_ arguments: [String] = [], in desk: Desk = Desk()) throws -> Encryption? {
        try Encryption(GlobalOptions.parse(arguments), in: desk.shell())
    }

    @Test func `options go over the environment`() throws {
        let desk = Desk()
        desk["HUB_TLS_CA"] = "/etc/ca.pem"
        desk["HUB_TLS_SERVER_NAME"] = "hub"

        let fromBoth = try self.chosen(["--tls-ca", "system"], in: desk)
        let fromDesk = try self.chosen(in: desk)

        #expect(try self.chosen() == nil)
        #expect(fromBoth?.authority == "system")
        #expect(fromBoth?.serverName == "hub")
        #expect(fromDesk?.authority == "/etc/ca.pem")
    }

    @Test func `paths are kept as they stay right elsewhere`() throws {
        let chosen = try self.chosen(["--tls-ca=ca.pem", "--tls-certificate=/a.pem", "--tls-key=a.key"])

        let here = FileManager.default.currentDirectoryPath
        #expect(chosen?.authority == here + "/ca.pem")
        #expect(chosen?.certificate == "/a.pem")
        #expect(chosen?.key == here + "/a.key")
    }

    @Test func `a part without an authority is refused`() async throws {
        let outcome = try await Desk().run("models", "--tls-key", "a.key")

        #expect(outcome.status == .usage)
        #expect(outcome.errors == "Error: Options for TLS are given without --tls-ca.\n")
    }

    @Test func `a file that cannot be used is named`() async throws {
        let outcome = try await Desk().run("models", "--tls-ca", "/nowhere/ca.pem")

        #expect(outcome.status == .usage)
        #expect(outcome.errors.hasPrefix("Error: The authorities file /nowhere/ca.pem for TLS cannot be read"))
    }

    @Test func `a session made over TLS is used over TLS only`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()
            let file = try SessionFile(in: desk.shell())
            let plain = try #require(try file.load())
            let written = try String(contentsOfFile: file.path, encoding: .utf8)
            let secured = written.replacing(
                "\"email\"",
                with: "\"encryption\" : { \"authority\" : \"system\" },\n  \"email\"",
                maxReplacements: 1
            )
            try secured.write(toFile: file.path, atomically: false, encoding: .utf8)
            chmod(file.path, 0o600)

            let outcome = try await desk.run("balance")

            #expect(plain.encryption == nil)
            #expect(outcome.status == .unavailable)
            #expect(outcome.errors.contains("TLS_FAILED"))
        }
    }
}
