import Logging
import RPC
import Settings
import Testing

@testable import hub_gateway

struct GatewaySettingsTests {
    @Test func `has defaults for everything`() throws {
        let settings = try GatewaySettings([], environment: [:])

        #expect(settings.host == "127.0.0.1")
        #expect(settings.port == 8080)
        #expect(settings.hub == .tcp(host: "127.0.0.1", port: 7700))
        #expect(settings.limits.body == 1_048_576)
        #expect(settings.trustedProxies.isEmpty)
    }

    @Test func `flags go over the environment`() throws {
        let environment = ["HUB_GATEWAY_HTTP_PORT": "1", "HUB_GATEWAY_LOG_LEVEL": "debug"]

        let settings = try GatewaySettings(["--http-port", "2"], environment: environment)

        #expect(settings.port == 2)
        #expect(settings.logLevel == .debug)
    }

    @Test(
        arguments: [
            ("unix:/run/hub.sock", .unix(path: "/run/hub.sock")), ("hub:7700", .tcp(host: "hub", port: 7700)),
            ("[::1]:7700", .tcp(host: "::1", port: 7700)),
        ] as [(String, Server.Address)]
    )
    func `reads the hub's address`(_ text: String, _ address: Server.Address) throws {
        #expect(try GatewaySettings(["--rpc-address", text], environment: [:]).hub == address)
    }

    @Test(
        arguments: [
            ("http-port", "70000", "http.port"), ("http-port", "x", "http.port"), ("rpc-address", "hub", "rpc.address"),
            ("rpc-address", ":7700", "rpc.address"), ("rpc-address", "hub:0", "rpc.address"),
            ("http-body-limit", "0", "http.body-limit"), ("log-level", "loud", "log.level"),
            ("http-trusted-proxies", "10.0.0.1,proxy", "http.trusted-proxies"),
        ]
    )
    func `names the setting with a bad value`(_ flag: String, _ value: String, _ key: String) throws {
        let error = try #require(throws: SettingsError.self) {
            try GatewaySettings(["--" + flag, value], environment: [:])
        }

        #expect(error.description.hasPrefix(key + " "))
    }

    @Test func `refuses a setting that does not exist`() {
        #expect(throws: SettingsError.self) { try GatewaySettings(["--http-prot", "1"], environment: [:]) }
        #expect(throws: SettingsError.self) { try GatewaySettings([], environment: ["HUB_GATEWAY_HTTP_PROT": "1"]) }
    }
}
