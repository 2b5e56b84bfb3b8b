internal import Logging
internal import NIOCore
internal import Synchronization

/// Brings calls from any thread to the client's event loop and onto a connection there.
// `inbox` has a lock; the rest is touched on the event loop only.
final class CallDispatcher: @unchecked Sendable {
    let address: Server.Address
    let configuration: ClientConfiguration
    let loop: any EventLoop
    let logger: Logger
    private let dial: Connector.Dial
    private let inbox = Mutex<[ClientCall]>([])
    private(set) var isClosed = false
    private lazy var connector = Connector(to: self.address, self.configuration, on: self.loop, dial: self.dial)
    private lazy var line = SharedLine(self, self.connector)
    private lazy var streams = StreamPool(self, self.connector)
    private lazy var deadlines = Deadlines<ClientCall>(on: self.loop) { [unowned self] in self.expire($0) }

    init(
        _ address: Server.Address,
        _ configuration: ClientConfiguration,
        on loop: any EventLoop,
        logger: Logger,
        dial: @escaping Connector.Dial
    ) {
        self.address = address
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
        self.dial = dial
    }

    /// What open calls learn when a connection breaks.
    var connectionLost: Status {
        self.isClosed ? .clientClosed : .connectionLost(self.address)
    }

    /// Sends a call. Calls of one turn of the loop go out together.
    func submit(_ call: ClientCall) {
        let isFirst = self.inbox.withLock { inbox in
            inbox.append(call)
            return inbox.count == 1
        }
        if isFirst { self.loop.execute { self.placeAll() } }
    }

    /// Frees what a call that has ended on this side holds here.
    func forget(_ call: ClientCall) {
        self.loop.execute { self.drop(call) }
    }

    /// The caller has read what waited.
    func resumeReading(for call: ClientCall) {
        self.loop.execute { call.connection?.resumeReading() }
    }

    /// Ends all calls.
    ///
    /// - Returns: When all connections are closed.
    func close() -> EventLoopFuture<Void> {
        self.loop.flatSubmit {
            self.isClosed = true
            return EventLoopFuture.andAllComplete(self.line.close() + self.streams.close(), on: self.loop)
        }
    }
}

// MARK: - On the event loop

extension CallDispatcher {
    /// Ends a call that is on no connection.
    func fail(_ call: ClientCall, _ status: Status) {
        call.responses.finish(.failure(status))
        self.ended(call)
    }

    /// A call is over and on no connection any more.
    func ended(_ call: ClientCall) {
        if let timer = call.timer.take() { self.deadlines.remove(timer) }
    }

    private func placeAll() {
        let calls = self.inbox.withLock { inbox in
            defer { inbox = [] }
            return inbox
        }
        calls.forEach(self.place)
        self.line.flush()
    }

    private func place(_ call: ClientCall) {
        if call.responses.isFinished { return }
        if self.isClosed { return self.fail(call, .clientClosed) }
        if let deadline = call.deadline {
            let left = (deadline - self.loop.now).nanoseconds
            guard left > 0 else { return self.fail(call, Violation.expired.status) }
            call.timer = self.deadlines.add(call, in: left)
        }
        switch call.method.kind {
        case .unary: self.line.place(call)
        case .serverStreaming, .clientStreaming, .bidirectional: self.streams.place(call)
        }
    }

    private func expire(_ call: ClientCall) {
        call.timer = nil
        call.responses.finish(.failure(Violation.expired.status))
        self.drop(call)
    }

    private func drop(_ call: ClientCall) {
        guard let connection = call.connection else { return self.ended(call) }
        connection.forget(call)
        if call.method.kind != .unary { connection.close() }
    }
}
