internal import NIOCore

/// Who is at the other end of a connection.
package enum Peer: Sendable, Hashable {
    /// A process of this machine, over a unix socket.
    case unix
    /// An address of the network.
    case tcp(host: String, port: Int)

    init(_ address: SocketAddress?) {
        if let host = address?.ipAddress, let port = address?.port {
            self = .tcp(host: host, port: port)
        } else {
            self = .unix
        }
    }
}
