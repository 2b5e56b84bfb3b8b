import Logging
import RPC
import Settings
import Testing

@testable import hub_gateway

struct GatewayTLSSettingsTests {
    @Test func `an authority turns TLS on`() throws {
        let plain = try GatewaySettings([], environment: [:])
        let system = try GatewaySettings(["--rpc-tls-ca", "system"], environment: [:])
        let file = try GatewaySettings(
            ["--rpc-tls-ca=ca.pem", "--rpc-tls-server-name=hub", "--rpc-tls-certificate=a.pem", "--rpc-tls-key=a.key"],
            environment: [:]
        )

        #expect(plain.tls == nil)
        #expect(system.tls?.trust == .system)
        #expect(
            file.tls
                == GatewaySettings.TLSToHub(
                    trust: .file("ca.pem"),
                    serverName: "hub",
                    certificate: "a.pem",
                    key: "a.key"
                )
        )
    }

    @Test(arguments: [
        (["--rpc-tls-key=a.key"], "rpc.tls.ca is required"),
        (["--rpc-tls-server-name=hub"], "rpc.tls.ca is required"),
        (["--rpc-tls-ca="], "rpc.tls.ca is empty"),
        (["--rpc-tls-ca=system", "--rpc-address=unix:/run/hub.sock"], "rpc.tls.server-name is required"),
    ])
    func `half of it is refused with the key that is missing`(arguments: [String], said: String) {
        let error = #expect(throws: SettingsError.self) { try GatewaySettings(arguments, environment: [:]) }

        #expect(error?.description.hasPrefix(said) == true)
    }

    @Test func `files that cannot be used are named with the settings they come from`() throws {
        let settings = try GatewaySettings(["--rpc-tls-ca=/nowhere/ca.pem"], environment: [:])
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

        let error = #expect(throws: SettingsError.self) { try settings.tls?.load(logger) }

        #expect(
            error?.description.hasPrefix("rpc.tls: The authorities file /nowhere/ca.pem for TLS cannot be read") == true
        )
    }
}
