internal import NIOCore

/// One call from its request to its last frame.
// What it adds to the context is touched on the event loop of its connection only; its handler runs there too.
final class ServerCall: CallContext, @unchecked Sendable {
    /// How the call ended, as its client was told or would have been.
    private enum Outcome {
        case success
        case failure(Status)
    }

    /// What its request says.
    var request: RequestHead { unsafeDowncast(self.head, to: RequestHead.self) }
    let stream: UInt32
    /// The encoded request, until it is taken, of a method that has one.
    private var payload: ByteBuffer?
    /// The requests of a method whose client streams.
    let requests: RequestQueue?
    /// How many of the method's interceptors have been asked.
    var asked = 0
    private var timer: Deadlines<ServerLoop.Waiting>.Ticket?
    /// Serves the call. Unowned, as its task holds it, and unsafe for speed: `leaves` takes it away before that ends.
    private unowned(unsafe) var worker: Worker?
    private var outcome: Outcome?
    /// Whether the client has been told the headers of a stream, if there are any.
    var hasSentHeaders = false
    /// Whether the error goes without headers and trailers: they may be what made the answer too long.
    var isBare = false
    private var blockedWriters: [UnsafeContinuation<Void, Never>] = []

    /// Makes a call that waits for a worker. `timeout` is the nanoseconds left to answer; 0 is no limit.
    init(
        _ request: consuming RequestHead,
        stream: UInt32,
        payload: consuming ByteBuffer,
        timeout: Int64,
        sharing shared: borrowing ServerLoop
    ) {
        self.stream = stream
        let isStreamed = request.kind.streamsRequests
        self.payload = payload
        self.requests = isStreamed ? RequestQueue() : nil
        if isStreamed { self.payload = nil }
        super.init(consume request, start: shared.readAt, timeout: timeout, serial: shared.nextSerial())
    }

    /// Each look counts a reference.
    var connection: ServerConnection { self.request.connection }

    /// The method, as it is served.
    var served: ServedMethod { self.request.served }

    /// Whether the last frame is written, or never will be.
    var isOver: Bool { self.outcome != nil }

    /// How the call failed; nil as long as it has not.
    private var failure: Status? {
        if case .failure(let status) = self.outcome { status } else { nil }
    }

    /// The encoded request; it is kept no longer, as it shares the buffer it was read into.
    func takePayload() -> ByteBuffer {
        self.payload.take() ?? ByteBuffer()
    }

    /// The handler's turn has come, in a worker.
    ///
    /// - Returns: Whether it should run: not if the call is over already.
    func begins(in worker: Worker) -> Bool {
        if self.isOver { return false }
        self.worker = worker
        return true
    }

    /// The handler waits for something. As most calls are over before, only this sees to the deadline.
    func waits() {
        guard self.timeout > 0, self.timer == nil, !self.isOver else { return }
        self.timer = self.connection.shared.deadlines.add(.call(self), in: self.timeout, from: self.start)
    }

    /// The worker goes on to other calls.
    func leaves() {
        self.worker = nil
    }

    /// The handler has returned, or never ran.
    func returned(at now: NIODeadline) {
        self.tellInterceptors(at: now)
        self.connection.handlerReturned()
    }

    /// The call ended as it should.
    func succeeded(on connection: ServerConnection) {
        self.conclude(.success, on: connection)
        connection.ended(self)
    }

    /// Tells the client of a failure, behind what it was sent already, unless the call is over.
    func fail(_ status: Status) {
        guard !self.isOver else { return }
        let connection = self.connection
        connection.write { $0.writeError(status, self.errorExtras, on: self.stream) }
        self.conclude(.failure(status), on: connection)
        connection.ended(self)
    }

    /// The call's time is up: answers at once, and cancels the handler, whose result comes too late.
    func expire() {
        guard !self.isOver else { return }
        let status = Violation.expired.status
        let connection = self.connection
        connection.end(self.stream, status)
        self.conclude(.failure(status), on: connection)
        connection.ended(self)
        self.stopHandler()
    }

    /// Cancels the handler of a call whose client was told so already, or cannot be told any more.
    func cancel(_ status: Status) {
        guard !self.isOver else { return }
        self.conclude(.failure(status), on: self.connection)
        self.stopHandler()
    }

    private func conclude(_ outcome: Outcome, on connection: ServerConnection) {
        self.outcome = outcome
        self.requests?.drop()
        if let timer = self.timer.take() { connection.shared.deadlines.remove(timer) }
    }

    private func stopHandler() {
        self.worker?.retire()
        self.resumeWriters()
    }
}

// MARK: - Interceptors

extension ServerCall {
    /// Tells the interceptors that were asked how the call ended.
    private func tellInterceptors(at now: NIODeadline) {
        guard self.asked > 0 else { return }
        let elapsed = Duration.nanoseconds((now - self.start).nanoseconds)
        self.served.first?.end(self, self.failure, elapsed: elapsed, count: self.asked)
    }
}

// MARK: - Waiting until the peer has taken what was written

extension ServerCall {
    /// Suspends while the connection has more to send than its peer takes.
    ///
    /// - Throws: `CancellationError` when the call is over or the task is cancelled.
    func waitUntilWritable() async throws {
        while !self.isOver, self.connection.holdsBack(self) {
            try Task.checkCancellation()
            await withTaskCancellationHandler {
                await self.block()
            } onCancel: {
                self.connection.shared.loop.execute { self.resumeWriters() }
            }
        }
    }

    /// Lets blocked writers look again.
    func resumeWriters() {
        let writers = self.blockedWriters
        self.blockedWriters = []
        writers.forEach { $0.resume() }
    }

    private func block() async {
        self.connection.blocked(self)
        // Unsafe for speed: resumed exactly once, by `resumeWriters`, which takes it away.
        await withUnsafeContinuation { self.blockedWriters.append($0) }
    }
}
