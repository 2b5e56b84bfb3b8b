import Glibc

/// Finds out from which address a request comes.
struct ClientAddress: Sendable {
    /// Proxies whose `X-Forwarded-For` is believed.
    let trusted: [AddressRange]

    /// - Parameters:
    ///   - peer: The other end of the connection; nil if that has no IP address.
    ///   - forwardedFor: The `X-Forwarded-For` header, to which each proxy appends the address it was called from.
    /// - Returns: The last address in the chain that is not a trusted proxy.
    func find(peer: String?, forwardedFor: String?) -> String? {
        guard let peer, self.isTrusted(peer), let forwardedFor else { return peer }
        let chain = forwardedFor.split(separator: ",").map { String($0.trimming { $0 == " " || $0 == "\t" }) }
        var address = peer
        for hop in chain.reversed() {
            // Behind something that is not an address nothing can be believed.
            guard AddressRange(hop) != nil else { return address }
            address = hop
            guard self.isTrusted(hop) else { return address }
        }
        return address
    }

    private func isTrusted(_ address: String) -> Bool {
        self.trusted.contains { $0.contains(address) }
    }
}

/// One address such as `10.0.0.7`, or the addresses of a network such as `10.0.0.0/8`.
struct AddressRange: Equatable, Sendable {
    private let bytes: [UInt8]
    private let prefixLength: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let bytes = Self.bytes(of: String(first)) else { return nil }
        let length = parts.count == 2 ? Int(parts[1]) : bytes.count * 8
        guard let length, (0...bytes.count * 8).contains(length) else { return nil }
        self.bytes = bytes
        self.prefixLength = length
    }

    func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(of: address), other.count == self.bytes.count else { return false }
        let (wholeBytes, bits) = self.prefixLength.quotientAndRemainder(dividingBy: 8)
        guard self.bytes.prefix(wholeBytes) == other.prefix(wholeBytes) else { return false }
        return bits == 0 || (self.bytes[wholeBytes] ^ other[wholeBytes]) >> (8 - bits) == 0
    }

    private static func bytes(of address: String) -> [UInt8]? {
        var short = in_addr()
        if inet_pton(AF_INET, address, &short) == 1 { return withUnsafeBytes(of: short) { Array($0) } }
        var long = in6_addr()
        guard inet_pton(AF_INET6, address, &long) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: long) { Array($0) }
        // How a socket for both families shows an IPv4 address: `::ffff:10.0.0.7`.
        let isMapped = bytes.starts(with: Array(repeating: 0, count: 10) + [0xFF, 0xFF])
        return isMapped ? Array(bytes.suffix(4)) : bytes
    }
}
