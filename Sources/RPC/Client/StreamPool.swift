internal import NIOCore

/// The connections of streams toward a server that is not known to speak the extension: each stream has one to itself,
/// because closing it is the only way to tell a plain server that nobody reads any more.
// Touched on the client's event loop only.
final class StreamPool: @unchecked Sendable {
    private unowned let endpoint: Endpoint
    private unowned let dispatcher: CallDispatcher
    private var idle: [ClientConnection] = []
    /// Connections that stand or are being made, idle ones included.
    private var open: [ObjectIdentifier: ClientConnection] = [:]
    /// Calls whose connections are being made.
    private var waiting: [ObjectIdentifier: CallAttempt] = [:]

    init(of endpoint: Endpoint) {
        self.endpoint = endpoint
        self.dispatcher = endpoint.dispatcher
    }

    /// Sends a call on a connection of its own.
    func place(_ attempt: CallAttempt) {
        while let connection = self.idle.popLast() {
            if self.send(attempt, on: connection) { return }
        }
        let configuration = self.dispatcher.configuration
        guard self.open.count < configuration.maxStreams + configuration.maxIdleStreamConnections else {
            return self.dispatcher.finished(attempt, .failure(Status.tooManyStreams))
        }
        self.connect(for: attempt)
    }

    /// Fails the calls that wait and closes all connections.
    func close() -> [EventLoopFuture<Void>] {
        self.waiting.values.forEach { self.dispatcher.finished($0, .failure(Status.clientClosed)) }
        return self.open.values.compactMap { $0.closeAndTell() }
    }

    private func connect(for attempt: CallAttempt) {
        let connection = ClientConnection(to: self.endpoint, for: .oneStream)
        self.open[ObjectIdentifier(connection)] = connection
        self.waiting[ObjectIdentifier(connection)] = attempt
        connection.becameIdle = { [unowned connection] in self.keep(connection) }
        connection.becameGone = { [unowned connection] in self.lost(connection) }
        self.endpoint.connector.connect(connection) { failure in
            self.waiting[ObjectIdentifier(connection)] = nil
            if let failure {
                self.lost(connection)
                self.dispatcher.failed(attempt, AttemptFailure(status: failure, reach: .unsent))
            } else {
                self.connected(connection, for: attempt)
            }
        }
    }

    private func connected(_ connection: ClientConnection, for attempt: CallAttempt) {
        if self.dispatcher.isClosed { return connection.close() }
        if attempt.isPointless { return self.keep(connection) }
        if !self.send(attempt, on: connection) {
            self.dispatcher.failed(attempt, AttemptFailure(status: self.endpoint.connectionLost, reach: .unsent))
        }
    }

    /// - Returns: Whether the call is settled; if not, the connection is of no use.
    private func send(_ attempt: CallAttempt, on connection: ClientConnection) -> Bool {
        guard connection.isOpen else { return false }
        switch connection.send(attempt) {
        case .sent: return true
        case .refused:
            self.keep(connection)
            return true
        case .full, .exhausted: return false
        }
    }

    /// The stream of a connection has ended.
    private func keep(_ connection: ClientConnection) {
        guard connection.isOpen, !connection.streams.isExhausted else { return connection.close() }
        if connection.extended != nil {
            guard self.endpoint.adopt(connection) else { return connection.close() }
            self.open[ObjectIdentifier(connection)] = nil
        } else if self.idle.count < self.dispatcher.configuration.maxIdleStreamConnections {
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
