internal import NIOCore

/// The one connection that the calls of a client to one address share, made when it is needed: all unary calls, and
/// toward a server that speaks the extension all calls.
// Touched on the client's event loop only.
final class SharedLine: @unchecked Sendable {
    private unowned let endpoint: Endpoint
    private unowned let dispatcher: CallDispatcher
    private var connection: ClientConnection?
    /// Calls that wait until the connection stands or has room.
    private var waiting: [CallAttempt] = []
    private var isConnecting = false
    /// Connections that still stand, with those that only finish their calls.
    private var open: [ObjectIdentifier: ClientConnection] = [:]

    init(of endpoint: Endpoint) {
        self.endpoint = endpoint
        self.dispatcher = endpoint.dispatcher
    }

    /// Whether the server is known to speak the extension.
    var isExtended: Bool { self.connection?.extended != nil }

    /// Sends a call, as soon as there is a connection with room for it.
    func place(_ attempt: CallAttempt) {
        guard self.waiting.isEmpty else { return self.wait(attempt) }
        switch self.connection?.send(attempt) {
        case .sent, .refused: break
        case .full: self.wait(attempt)
        case .exhausted, nil:
            self.connection = nil
            self.wait(attempt)
            self.connect()
        }
    }

    /// Takes over a connection that has served one stream.
    ///
    /// - Returns: Whether there is none yet.
    func adopt(_ connection: ClientConnection) -> Bool {
        guard self.connection == nil, !self.isConnecting, !self.dispatcher.isClosed else { return false }
        connection.share()
        self.hold(connection)
        return true
    }

    /// Fails the calls that wait and closes all connections.
    func close() -> [EventLoopFuture<Void>] {
        for attempt in self.takeWaiting() { self.dispatcher.finished(attempt, .failure(Status.clientClosed)) }
        return self.open.values.compactMap { $0.closeAndTell() }
    }

    private func wait(_ attempt: CallAttempt) {
        let limit = self.dispatcher.configuration.maxConcurrentCalls
        let running = self.connection?.streams.count ?? 0
        if self.waiting.count + running >= limit { self.waiting.removeAll(where: \.isPointless) }
        guard self.waiting.count + running < limit else {
            return self.dispatcher.finished(attempt, .failure(Status.tooManyRequests))
        }
        self.waiting.append(attempt)
    }

    private func connect() {
        guard !self.isConnecting, !self.waiting.isEmpty else { return }
        self.isConnecting = true
        let connection = ClientConnection(to: self.endpoint, for: .shared)
        connection.becameGone = { [unowned connection] in self.lost(connection) }
        self.endpoint.connector.connect(connection) { failure in
            self.isConnecting = false
            if let failure { self.failWaiting(failure) } else { self.connected(connection) }
        }
    }

    private func connected(_ connection: ClientConnection) {
        guard connection.isOpen else { return self.failWaiting(self.endpoint.connectionLost) }
        if self.dispatcher.isClosed {
            self.open[ObjectIdentifier(connection)] = connection
            return connection.close()
        }
        self.hold(connection)
        self.placeWaiting()
    }

    private func hold(_ connection: ClientConnection) {
        self.open[ObjectIdentifier(connection)] = connection
        self.connection = connection
        connection.becameIdle = nil
        connection.becameGone = { [unowned connection] in self.lost(connection) }
        connection.becameRoomy = { [unowned self] in if !self.waiting.isEmpty { self.placeWaiting() } }
        connection.becameRetired = { [unowned self, unowned connection] in self.retired(connection) }
    }

    private func placeWaiting() {
        guard !self.isConnecting else { return }
        let waiting = self.takeWaiting()
        // A new connection may lead to a plain server, where streams go elsewhere.
        for attempt in waiting where !attempt.isPointless { self.endpoint.place(attempt) }
    }

    /// No try that waits has been sent.
    private func failWaiting(_ status: Status) {
        for attempt in self.takeWaiting() {
            self.dispatcher.failed(attempt, AttemptFailure(status: status, reach: .unsent))
        }
    }

    private func takeWaiting() -> [CallAttempt] {
        defer { self.waiting = [] }
        return self.waiting
    }

    private func retired(_ connection: ClientConnection) {
        connection.becameRoomy = nil
        guard self.connection === connection else { return }
        self.connection = nil
        self.connect()
    }

    private func lost(_ connection: ClientConnection) {
        self.open[ObjectIdentifier(connection)] = nil
        guard self.connection === connection else { return }
        self.connection = nil
        self.connect()
    }
}
