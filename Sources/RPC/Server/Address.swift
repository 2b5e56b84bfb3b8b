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
    }
}
