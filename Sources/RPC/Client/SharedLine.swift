internal import NIOCore

/// The one connection that all unary calls of a client share, made when it is needed.
// Touched on the client's event loop only.
final class SharedLine: @unchecked Sendable {
    private let dispatcher: CallDispatcher
    private let connector: Connector
    private var connection: ClientConnection?
    /// Calls that wait until the connection stands.
    private var waiting: [ClientCall] = []
    private var isConnecting = false
    /// Connections that still stand, with those that only finish their calls.
    private var open: [ObjectIdentifier: ClientConnection] = [:]

    init(_ dispatcher: CallDispatcher, _ connector: Connector) {
        self.dispatcher = dispatcher
        self.connector = connector
    }

    /// Sends a call, as soon as there is a connection.
    func place(_ call: ClientCall) {
        switch self.connection?.send(call) {
        case .sent, .refused: break
        case .exhausted, nil: self.wait(call)
        }
    }

    /// Sends off what `place` has written.
    func flush() {
        self.connection?.flush()
    }

    /// Fails the calls that wait and closes all connections.
    func close() -> [EventLoopFuture<Void>] {
        self.failWaiting(.clientClosed)
        return self.open.values.compactMap { $0.closeAndTell() }
    }

    private func wait(_ call: ClientCall) {
        self.connection = nil
        guard self.waiting.count < self.dispatcher.configuration.maxConcurrentCalls else {
            return self.dispatcher.fail(call, .tooManyRequests)
        }
        self.waiting.append(call)
        self.connect()
    }

    private func connect() {
        guard !self.isConnecting else { return }
        self.isConnecting = true
        let connection = ClientConnection(self.dispatcher, maxCalls: self.dispatcher.configuration.maxConcurrentCalls)
        connection.becameGone = { [unowned connection] in self.lost(connection) }
        self.connector.connect(connection) { failure in
            self.isConnecting = false
            if let failure { self.failWaiting(failure) } else { self.connected(connection) }
        }
    }

    private func connected(_ connection: ClientConnection) {
        guard connection.isOpen else { return self.failWaiting(self.dispatcher.connectionLost) }
        self.open[ObjectIdentifier(connection)] = connection
        if self.dispatcher.isClosed { return connection.close() }
        self.connection = connection
        for call in self.takeWaiting() where !call.responses.isFinished { self.place(call) }
        connection.flush()
    }

    private func failWaiting(_ status: Status) {
        for call in self.takeWaiting() { self.dispatcher.fail(call, status) }
    }

    private func takeWaiting() -> [ClientCall] {
        defer { self.waiting = [] }
        return self.waiting
    }

    private func lost(_ connection: ClientConnection) {
        self.open[ObjectIdentifier(connection)] = nil
        if self.connection === connection { self.connection = nil }
    }
}
