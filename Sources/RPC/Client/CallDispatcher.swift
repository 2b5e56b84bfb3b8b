internal import Logging
internal import NIOCore
internal import Synchronization

/// Brings calls from any thread to the client's event loop and onto a connection there.
// `inbox` has a lock; the rest is touched on the event loop only.
final class CallDispatcher: @unchecked Sendable {
    /// What the event loop is asked to do.
    private enum Errand {
        case place(ClientCall)
        /// Something of the call waits to be written.
        case pump(ClientCall)
        /// The caller has read what waited.
        case resume(ClientCall)
        /// The call has ended on this side.
        case drop(ClientCall)
    }

    let configuration: ClientConfiguration
    let loop: any EventLoop
    let logger: Logger
    private let inbox = Mutex<[Errand]>([])
    private(set) var isClosed = false
    private let address: Server.Address
    private let dial: Connector.Dial
    private lazy var endpoint = Endpoint(self.address, of: self, dial: self.dial)
    private lazy var deadlines = Deadlines<ClientCall>(on: self.loop) { [unowned self] in self.expire($0) }
    /// Connections that have written something since the last flush.
    private var unflushed: [ClientConnection] = []

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

    /// Sends a call. Calls of one turn of the loop go out together.
    func submit(_ call: ClientCall) {
        self.run(.place(call))
    }

    /// Sends what the caller has written behind its request.
    func pump(_ call: ClientCall) {
        self.run(.pump(call))
    }

    /// Frees what a call that has ended on this side holds here.
    func forget(_ call: ClientCall) {
        self.run(.drop(call))
    }

    /// The caller has read what waited.
    func resumeReading(for call: ClientCall) {
        self.run(.resume(call))
    }

    /// Ends all calls.
    ///
    /// - Returns: When all connections are closed.
    func close() -> EventLoopFuture<Void> {
        self.loop.flatSubmit {
            self.isClosed = true
            return EventLoopFuture.andAllComplete(self.endpoint.close(), on: self.loop)
        }
    }

    private func run(_ errand: Errand) {
        let isFirst = self.inbox.withLock { inbox in
            inbox.append(errand)
            return inbox.count == 1
        }
        if isFirst { self.loop.execute { self.runErrands() } }
    }
}

// MARK: - On the event loop

extension CallDispatcher {
    /// Flushes a connection at the end of this turn.
    func flushLater(_ connection: ClientConnection) {
        self.unflushed.append(connection)
        if self.unflushed.count == 1 { self.loop.execute { self.flushAll() } }
    }

    /// Ends a call that is on no connection.
    func fail(_ attempt: CallAttempt, _ status: Status) {
        self.ended(attempt, .failure(status))
    }

    /// A try of a call is over and on no connection any more.
    func ended(_ attempt: CallAttempt, _ end: Result<Void, any Error>) {
        let call = attempt.call
        call.attempts.removeAll { $0 === attempt }
        call.finish(end)
        if let timer = call.timer.take() { self.deadlines.remove(timer) }
    }

    private func runErrands() {
        let errands = self.inbox.withLock { inbox in
            defer { inbox = [] }
            return inbox
        }
        for errand in errands {
            switch errand {
            case .place(let call): self.place(call)
            case .pump(let call): call.attempts.forEach { $0.connection?.pump($0) }
            case .resume(let call): call.attempts.forEach { $0.connection?.resumeReading(for: $0) }
            case .drop(let call): self.drop(call, .cancelled)
            }
        }
        self.flushAll()
    }

    private func flushAll() {
        let connections = self.unflushed
        self.unflushed = []
        connections.forEach { $0.flush() }
    }

    private func place(_ call: ClientCall) {
        if call.responses.isFinished { return }
        if self.isClosed { return call.finish(.failure(Status.clientClosed)) }
        if let deadline = call.deadline {
            let left = (deadline - self.loop.now).nanoseconds
            guard left > 0 else { return call.finish(.failure(Violation.expired.status)) }
            call.timer = self.deadlines.add(call, in: left)
        }
        let attempt = CallAttempt(of: call)
        call.attempts.append(attempt)
        self.endpoint.place(attempt)
    }

    private func expire(_ call: ClientCall) {
        call.timer = nil
        call.finish(.failure(Violation.expired.status))
        self.drop(call, .deadlineExceeded)
    }

    /// Ends all tries of a call that has ended.
    private func drop(_ call: ClientCall, _ code: Status.Code) {
        if let timer = call.timer.take() { self.deadlines.remove(timer) }
        let attempts = call.attempts
        call.attempts = []
        for attempt in attempts { attempt.connection?.abandon(attempt, code) }
    }
}
