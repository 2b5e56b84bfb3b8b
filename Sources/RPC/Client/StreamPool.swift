internal import NIOCore

/// The connections of a client's streams: each stream has one to itself, because closing it is the only way to tell
/// the server that nobody reads any more.
// Touched on the client's event loop only.
final class StreamPool: @unchecked Sendable {
    private let dispatcher: CallDispatcher
    private let connector: Connector
    private var idle: [ClientConnection] = []
    /// Connections that stand or are being made, idle ones included.
    private var open: [ObjectIdentifier: ClientConnection] = [:]
    /// Calls whose connections are being made.
    private var waiting: [ObjectIdentifier: ClientCall] = [:]

    init(_ dispatcher: CallDispatcher, _ connector: Connector) {
        self.dispatcher = dispatcher
        self.connector = connector
    }

    /// Sends a call on a connection of its own.
    func place(_ call: ClientCall) {
        while let connection = self.idle.popLast() {
            if self.send(call, on: connection) { return }
        }
        guard self.open.count < self.dispatcher.configuration.maxStreams else {
            return self.dispatcher.fail(call, .tooManyStreams)
        }
        self.connect(for: call)
    }

    /// Fails the calls that wait and closes all connections.
    func close() -> [EventLoopFuture<Void>] {
        self.waiting.values.forEach { self.dispatcher.fail($0, .clientClosed) }
        return self.open.values.compactMap { $0.closeAndTell() }
    }

    private func connect(for call: ClientCall) {
        let connection = ClientConnection(self.dispatcher, maxCalls: 1)
        self.open[ObjectIdentifier(connection)] = connection
        self.waiting[ObjectIdentifier(connection)] = call
        connection.becameIdle = { [unowned connection] in self.keep(connection) }
        connection.becameGone = { [unowned connection] in self.lost(connection) }
        self.connector.connect(connection) { failure in
            self.waiting[ObjectIdentifier(connection)] = nil
            if let failure {
                self.lost(connection)
                self.dispatcher.fail(call, failure)
            } else {
                self.connected(connection, for: call)
            }
        }
    }

    private func connected(_ connection: ClientConnection, for call: ClientCall) {
        if self.dispatcher.isClosed { return connection.close() }
        if call.responses.isFinished { return self.keep(connection) }
        if !self.send(call, on: connection) { self.dispatcher.fail(call, self.dispatcher.connectionLost) }
    }

    /// - Returns: Whether the call is settled; if not, the connection is of no use.
    private func send(_ call: ClientCall, on connection: ClientConnection) -> Bool {
        guard connection.isOpen else { return false }
        switch connection.send(call) {
        case .sent: connection.flush()
        case .refused: self.keep(connection)
        case .exhausted: return false
        }
        return true
    }

    private func keep(_ connection: ClientConnection) {
        if self.idle.count < self.dispatcher.configuration.maxIdleStreamConnections {
            self.idle.append(connection)
        } else {
            connection.close()
        }
    }

    private func lost(_ connection: ClientConnection) {
        self.open[ObjectIdentifier(connection)] = nil
        self.idle.removeAll { $0 === connection }
    }
}
