import RPC
import Settings
import Support
import Testing

@testable import hubd

@Suite struct DaemonTLSSettingsTests {
    private let required = ["--database-url", "host=/nowhere connect_timeout=2", "--secrets-file", "/nowhere/key"]

    private func settings(_ arguments: String...) throws -> DaemonSettings {
        try DaemonSettings(self.required + arguments, environment: [:])
    }

    @Test func `without an address there is no TLS`() throws {
        #expect(try self.settings().tls == nil)
    }

    @Test func `a listener with TLS stands beside the plain ones, or alone`() throws {
        let files = ["--rpc-tls-certificate=a.pem", "--rpc-tls-key=a.key", "--rpc-tls-client-ca=ca.pem"]
        let arguments = self.required + files + ["--rpc-tls-listen", "0.0.0.0:7701,[::1]:7702"]

        let beside = try DaemonSettings(arguments, environment: [:])
        let alone = try DaemonSettings(arguments + ["--rpc-listen="], environment: [:])

        #expect(
            beside.tls
                == DaemonSettings.TLSListener(
                    addresses: [.tcp(host: "0.0.0.0", port: 7701), .tcp(host: "::1", port: 7702)],
                    certificate: "a.pem",
                    key: "a.key",
                    clientAuthorities: "ca.pem"
                )
        )
        #expect(beside.listen == [.tcp(host: "127.0.0.1", port: 7700)])
        #expect(alone.listen == [])
        #expect(alone.tls == beside.tls)
    }

    @Test(arguments: [
        (["--rpc-tls-listen=hub:1"], "rpc.tls.certificate is required"),
        (["--rpc-tls-listen=hub:1", "--rpc-tls-certificate=a"], "rpc.tls.key is required"),
        (
            ["--rpc-tls-listen=hub:1", "--rpc-tls-certificate=a", "--rpc-tls-key=b", "--rpc-tls-client-ca="],
            "rpc.tls.client-ca is empty"
        ),
        (["--rpc-tls-listen=hub"], "rpc.tls.listen must be unix:PATH or HOST:PORT, not hub."),
        (["--rpc-tls-key=b"], "rpc.tls.key is given but rpc.tls.listen names no address."),
        (["--rpc-tls-client-ca=b"], "rpc.tls.client-ca is given but rpc.tls.listen names no address."),
    ])
    func `half of it is refused with the key that is missing or too much`(arguments: [String], said: String) {
        let error = #expect(throws: SettingsError.self) {
            try DaemonSettings(self.required + arguments, environment: [:])
        }

        #expect(error?.description.hasPrefix(said) == true)
    }

    @Test func `a certificate that is missing ends the program with one line`() async throws {
        let flags = [
            "--rpc-tls-listen=127.0.0.1:0", "--rpc-tls-certificate=/nowhere/a.pem", "--rpc-tls-key=/nowhere/a.key",
        ]

        let ended = try await Program.run(Program.built("hubd"), ["serve"] + self.required + flags)

        #expect(ended.exit == .code(1))
        #expect(
            ended.errors == [
                "Error: rpc.tls: The certificate file /nowhere/a.pem for TLS cannot be read: No such file or directory."
            ]
        )
    }
}
