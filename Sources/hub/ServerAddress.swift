import ArgumentParser
import RPC

/// Where a hub listens, as people write it: `host:port`, `[ipv6]:port` or `unix:/path`.
struct ServerAddress: ExpressibleByArgument, Sendable, Equatable, CustomStringConvertible {
    /// Where a hub listens unless told otherwise.
    static let standard = ServerAddress(.tcp(host: "127.0.0.1", port: 7700), written: "127.0.0.1:7700")

    let endpoint: Server.Address
    let description: String

    init?(argument: String) {
        guard let endpoint = Server.Address(argument), endpoint.canBeReached else { return nil }
        self.init(endpoint, written: argument)
    }

    private init(_ endpoint: Server.Address, written: String) {
        self.endpoint = endpoint
        self.description = written
    }

    static func == (left: Self, right: Self) -> Bool {
        left.description == right.description
    }
}
