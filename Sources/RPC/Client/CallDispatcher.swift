internal import Logging
internal import NIOCore
internal import Synchronization

/// Brings calls from any thread to the client's event loop and onto connections there.
// `inbox` has a lock; the rest is touched on the event loop only.
final class CallDispatcher: @unchecked Sendable {
    /// Opens a channel to an address that a connection handles.
    typealias Dial = @Sendable (Server.Address, ClientConnection) -> EventLoopFuture<any Channel>

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
    private let addresses: [Server.Address]
    private let dial: Dial
    private(set) lazy var endpoints = self.addresses.map { address in
        Endpoint(address, of: self) { [dial = self.dial] connection in dial(address, connection) }
    }
    private(set) lazy var watches = self.configuration.health.map { service in
        self.addresses.indices.map { HealthWatch(service, at: $0, of: self) }
    }
    private lazy var deadlines = Deadlines<ClientCall>(on: self.loop) { [unowned self] in self.expire($0) }
    var balancer: Balancer
    var budget: RetryBudget
    private var streamCount = 0
    /// Calls that wait for their next try.
    var delayed: [ObjectIdentifier: ClientCall] = [:]
    /// Connections that have written something since the last flush.
    private var unflushed: [ClientConnection] = []

    init(
        _ addresses: [Server.Address],
        _ configuration: ClientConfiguration,
        on loop: any EventLoop,
        logger: Logger,
        dial: @escaping Dial
    ) {
        self.addresses = addresses
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
        self.dial = dial
        self.balancer = Balancer(configuration.balancing, count: addresses.count)
        self.budget = RetryBudget(configuration.retry.budget)
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
            for call in self.delayed.values { self.end(call, .clientClosed) }
            return EventLoopFuture.andAllComplete(self.endpoints.flatMap { $0.close() }, on: self.loop)
        }
    }

    private func run(_ errand: Errand) {
        let isFirst = self.inbox.withLock { inbox in
            inbox.append(errand)
            return inbox.count == 1
        }
        if isFirst { self.loop.execute { self.runErrands() } }
    }

    private func runErrands() {
        let errands = self.inbox.withLock { inbox in
            defer { inbox = [] }
            return inbox
        }
        for errand in errands {
            switch errand {
            case .place(let call): self.place(call)
            case .pump(let call): call.attempts.forEach { $0.connection?.hasMore($0) }
            case .resume(let call): call.attempts.forEach { $0.connection?.resumeReading(for: $0) }
            case .drop(let call): self.drop(call, .cancelled)
            }
        }
        self.flushAll()
    }
}

// MARK: - On the event loop

extension CallDispatcher {
    /// Flushes a connection at the end of this turn.
    func flushLater(_ connection: ClientConnection) {
        self.unflushed.append(connection)
        if self.unflushed.count == 1 { self.loop.execute { self.flushAll() } }
    }

    /// A try of a call is over and on no connection any more, and the call with it.
    func finished(_ attempt: CallAttempt, _ end: Result<Void, any Error>) {
        let call = attempt.call
        guard self.isRunning(attempt) else { return }
        call.attempts.removeAll { $0 === attempt }
        if case .success = end { self.budget.noteSuccess() }
        call.finish(end)
        self.drop(call, .cancelled)
        call.watch?.end(end)
    }

    func isRunning(_ attempt: CallAttempt) -> Bool {
        attempt.call.attempts.contains { $0 === attempt }
    }

    private func flushAll() {
        let connections = self.unflushed
        self.unflushed = []
        connections.forEach { $0.flush() }
    }

    private func place(_ call: ClientCall) {
        if call.responses.isFinished { return }
        if self.isClosed { return call.finish(.failure(Status.clientClosed)) }
        if call.method.kind != .unary {
            guard self.streamCount < self.configuration.maxStreams else {
                return call.finish(.failure(Status.tooManyStreams))
            }
        }
        if let deadline = call.deadline {
            let left = (deadline - self.loop.now).nanoseconds
            guard left > 0 else { return call.finish(.failure(Violation.expired.status)) }
            call.timer = self.deadlines.add(call, in: left)
        }
        if call.method.kind != .unary {
            call.isCounted = true
            self.streamCount += 1
        }
        self.launch(call)
        if let time = call.hedgeAfter, !call.responses.isFinished { self.hedge(call, in: TimeAmount(time)) }
    }

    private func expire(_ call: ClientCall) {
        call.timer = nil
        call.finish(.failure(Violation.expired.status))
        self.drop(call, .deadlineExceeded)
    }

    func end(_ call: ClientCall, _ status: Status) {
        call.finish(.failure(status))
        self.drop(call, .cancelled)
    }

    /// Ends all tries of a call that has ended.
    private func drop(_ call: ClientCall, _ code: Status.Code) {
        self.delayed[ObjectIdentifier(call)] = nil
        if let timer = call.timer.take() { self.deadlines.remove(timer) }
        call.retryTimer.take()?.cancel()
        if call.isCounted {
            call.isCounted = false
            self.streamCount -= 1
        }
        let attempts = call.attempts
        call.attempts = []
        for attempt in attempts { attempt.connection?.abandon(attempt, code) }
    }
}
