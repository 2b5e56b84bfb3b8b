internal import NIOCore

/// One address of a client's server, with the connections to it.
// Touched on the client's event loop only.
final class Endpoint: @unchecked Sendable {
    let address: Server.Address
    let dispatcher: CallDispatcher
    let connector: Connector
    private lazy var line = SharedLine(of: self)
    private lazy var streams = StreamPool(of: self)

    init(_ address: Server.Address, of dispatcher: CallDispatcher, dial: @escaping Connector.Dial) {
        self.address = address
        self.dispatcher = dispatcher
        self.connector = Connector(to: address, dispatcher.configuration, on: dispatcher.loop, dial: dial)
    }

    /// What open calls learn when a connection breaks.
    var connectionLost: Status {
        self.dispatcher.isClosed ? .clientClosed : .connectionLost(self.address)
    }

    /// Sends a call, as soon as there is a connection for it.
    func place(_ attempt: CallAttempt) {
        if attempt.call.method.kind == .unary {
            self.line.place(attempt)
        } else {
            self.streams.place(attempt)
        }
    }

    /// Fails the calls that wait and closes all connections.
    ///
    /// - Returns: When each is closed.
    func close() -> [EventLoopFuture<Void>] {
        self.line.close() + self.streams.close()
    }
}
