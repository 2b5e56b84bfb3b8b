internal import NIOCore
internal import SwiftProtobuf

/// One address of a client's server, with the connections to it.
// Touched on the client's event loop only.
final class Endpoint: @unchecked Sendable {
    let address: Server.Address
    unowned let dispatcher: CallDispatcher
    let connector: Connector
    /// What the client can do beyond the base protocol; nil if it shall not say.
    let ourSettings: Ttrpc_Settings?
    /// The same as requests carry it.
    let offer: ByteBuffer?
    /// By what keepalive's interval is stretched here.
    private(set) var keepaliveFactor = 1
    /// Whether the server says that it serves; unknown counts as yes.
    var isHealthy = true
    private lazy var line = SharedLine(of: self)
    private lazy var streams = StreamPool(of: self)

    init(_ address: Server.Address, of dispatcher: CallDispatcher, dial: @escaping Connector.Dial) {
        self.address = address
        self.dispatcher = dispatcher
        self.connector = Connector(to: address, dispatcher.configuration, on: dispatcher.loop, dial: dial)
        self.ourSettings = dispatcher.configuration.extensionSettings?.message(maxStreams: nil)
        // Numbers and short names always encode.
        self.offer = self.ourSettings.flatMap { try? ByteBuffer(bytes: $0.serializedBytes() as [UInt8]) }
    }

    /// Whether connections begin with the extension, because the handshake below has agreed on it.
    var startsExtended: Bool { self.dispatcher.configuration.startsExtended }

    /// Whether a call should be placed here.
    var isUsable: Bool { self.isHealthy && !self.connector.isBackingOff }

    /// What open calls learn when a connection breaks.
    var connectionLost: Status {
        self.dispatcher.isClosed ? .clientClosed : .connectionLost(self.address)
    }

    /// Sends a call, as soon as there is a connection for it. Streams have connections of their own as long as nobody
    /// knows a better way to stop one.
    func place(_ attempt: CallAttempt) {
        if attempt.call.method.kind == .unary || self.line.isExtended {
            self.line.place(attempt)
        } else {
            self.streams.place(attempt)
        }
    }

    /// Takes over a connection that is as good as the shared one.
    ///
    /// - Returns: Whether it is needed.
    func adopt(_ connection: ClientConnection) -> Bool {
        self.line.adopt(connection)
    }

    /// The server finds that it is asked for signs of life too often.
    func slowDownKeepalive() {
        self.keepaliveFactor = min(self.keepaliveFactor * 2, 1024)
    }

    /// Fails the calls that wait and closes all connections.
    ///
    /// - Returns: When each is closed.
    func close() -> [EventLoopFuture<Void>] {
        self.line.close() + self.streams.close()
    }
}
