import ArgumentParser
import RPC

/// Where a hub listens, as people write it: `host:port`, `[ipv6]:port` or `unix:/path`.
struct ServerAddress: ExpressibleByArgument, Sendable, Equatable, CustomStringConvertible {
    /// Where a hub listens unless told otherwise.
    static let standard = ServerAddress(.tcp(host: "127.0.0.1", port: 7700), written: "127.0.0.1:7700")

    let endpoint: Server.Address
    let description: String

    init?(argument: String) {
        guard let endpoint = Self.endpoint(argument) else { return nil }
        self.init(endpoint, written: argument)
    }

    private init(_ endpoint: Server.Address, written: String) {
        self.endpoint = endpoint
        self.description = written
    }

    static func == (left: Self, right: Self) -> Bool {
        left.description == right.description
    }

    private static func endpoint(_ text: String) -> Server.Address? {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            return path.isEmpty ? nil : .unix(path: path)
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            return nil
        }
        return Self.host(text[..<colon]).map { .tcp(host: $0, port: Int(port)) }
    }

    private static func host(_ text: Substring) -> String? {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let host = isBracketed ? text.dropFirst().dropLast() : text
        guard !host.isEmpty, isBracketed || !host.contains(":") else { return nil }
        return String(host)
    }
}
