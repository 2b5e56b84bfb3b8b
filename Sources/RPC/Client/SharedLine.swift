internal import NIOCore

/// The one connection that all unary calls of a client share, made when it is needed.
// Touched on the client's event loop only.
final class SharedLine: @unchecked Sendable {
    private unowned let endpoint: Endpoint
    private let dispatcher: CallDispatcher
    private var connection: ClientConnection?
    /// Calls that wait until the connection stands.
    private var waiting: [CallAttempt] = []
    private var isConnecting = false
    /// Connections that still stand, with those that only finish their calls.
    private var open: [ObjectIdentifier: ClientConnection] = [:]

    init(of endpoint: Endpoint) {
        self.endpoint = endpoint
        self.dispatcher = endpoint.dispatcher
    }

    /// Sends a call, as soon as there is a connection.
    func place(_ attempt: CallAttempt) {
        switch self.connection?.send(attempt) {
        case .sent, .refused: break
        case .exhausted, nil: self.wait(attempt)
        }
    }

    /// Fails the calls that wait and closes all connections.
    func close() -> [EventLoopFuture<Void>] {
        self.failWaiting(.clientClosed)
        return self.open.values.compactMap { $0.closeAndTell() }
    }

    private func wait(_ attempt: CallAttempt) {
        self.connection = nil
        guard self.waiting.count < self.dispatcher.configuration.maxConcurrentCalls else {
            return self.dispatcher.fail(attempt, .tooManyRequests)
        }
        self.waiting.append(attempt)
        self.connect()
    }

    private func connect() {
        guard !self.isConnecting else { return }
        self.isConnecting = true
        let connection = ClientConnection(to: self.endpoint, maxCalls: self.dispatcher.configuration.maxConcurrentCalls)
        connection.becameGone = { [unowned connection] in self.lost(connection) }
        self.endpoint.connector.connect(connection) { failure in
            self.isConnecting = false
            if let failure { self.failWaiting(failure) } else { self.connected(connection) }
        }
    }

    private func connected(_ connection: ClientConnection) {
        guard connection.isOpen else { return self.failWaiting(self.endpoint.connectionLost) }
        self.open[ObjectIdentifier(connection)] = connection
        if self.dispatcher.isClosed { return connection.close() }
        self.connection = connection
        for attempt in self.takeWaiting() where !attempt.isPointless { self.place(attempt) }
    }

    private func failWaiting(_ status: Status) {
        for attempt in self.takeWaiting() { self.dispatcher.fail(attempt, status) }
    }

    private func takeWaiting() -> [CallAttempt] {
        defer { self.waiting = [] }
        return self.waiting
    }

    private func lost(_ connection: ClientConnection) {
        self.open[ObjectIdentifier(connection)] = nil
        if self.connection === connection { self.connection = nil }
    }
}
