extension Server {
    /// Where a server listens.
    package enum Address: Sendable, Hashable, CustomStringConvertible {
        /// A network address; port 0 takes any free port.
        case tcp(host: String, port: Int)
        /// A unix socket of the file system.
        case unix(path: String)

        package var description: String {
            switch self {
            case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .unix(let path): "unix:\(path)"
            }
        }

        /// Whether a client can connect to it: port 0 is only for listening.
        package var canBeReached: Bool {
            guard case .tcp(_, 0) = self else { return true }
            return false
        }

        /// Reads `unix:PATH`, `HOST:PORT` or `[IPv6]:PORT`, as `description` writes it; `nil` for anything else.
        package init?(_ text: String) {
            if text.hasPrefix("unix:") {
                guard text.utf8.count > 5 else { return nil }
                self = .unix(path: String(text.dropFirst(5)))
                return
            }
            guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
                return nil
            }
            let isBracketed = text.hasPrefix("[") && text[..<colon].hasSuffix("]")
            let host = isBracketed ? text[..<colon].dropFirst().dropLast() : text[..<colon]
            guard !host.isEmpty, isBracketed || !host.contains(":") else { return nil }
            self = .tcp(host: String(host), port: Int(port))
        }
    }
}
