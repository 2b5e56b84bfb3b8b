import RPC
import Testing

@testable import hub

struct ServerAddressTests {
    @Test(
        arguments: [
            ("unix:/run/hub.sock", Server.Address.unix(path: "/run/hub.sock")),
            ("hub.example.org:7700", .tcp(host: "hub.example.org", port: 7700)),
            ("[::1]:7700", .tcp(host: "::1", port: 7700)),
        ]
    )
    func `an address is read as people write it`(text: String, endpoint: Server.Address) {
        #expect(ServerAddress(argument: text)?.endpoint == endpoint)
    }

    @Test(arguments: ["", "unix:", "localhost", ":7700", "localhost:", "localhost:0", "localhost:70000", "::1:7700"])
    func `what is no address is refused`(text: String) {
        #expect(ServerAddress(argument: text) == nil)
    }

    @Test func `a bad address in the environment is named`() async throws {
        let desk = Desk()
        desk["HUB_SERVER"] = "nowhere"

        let outcome = try await desk.run("balance")

        #expect(outcome.status == .usage)
        #expect(outcome.errors == "Error: 'nowhere' is no address; it must be host:port or unix:/path.\n")
    }
}
