import Foundation
package import RPC

/// Where a call comes from, as it is stored and counted.
package struct ClientAddress: Sendable, Equatable {
    private static let longest = 64

    /// As it was told, at most 64 bytes.
    package let text: String
    /// What calls are counted under: an IPv4 address, or the network of an IPv6 address, since one customer of a provider
    /// has 2⁶⁴ addresses.
    package let network: String

    /// Reads what a peer or the gateway says.
    package init(_ text: String) {
        self.text = String(decoding: text.utf8.prefix(Self.longest), as: UTF8.self)
        self.network = Self.network(of: self.text) ?? self.text
    }

    private static func network(of text: String) -> String? {
        var address = in6_addr()
        guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: address) { Array($0) }
        let isIPv4 = bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        guard !isIPv4 else { return bytes.suffix(4).map { String($0) }.joined(separator: ".") }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }
}

extension CallContext {
    /// Where the call comes from. The gateway, which comes by unix socket, says for whom it speaks.
    package var client: ClientAddress {
        switch self.peer {
        case .tcp(let host, _): ClientAddress(host)
        case .unix: ClientAddress(self.metadata["client-address"] ?? "local")
        }
    }
}
