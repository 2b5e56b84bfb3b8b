internal import NIOCore

/// One call from the caller's side: what is sent, what came back, where it stands.
// `attempts`, `retry`, `hasDelivered` and the timers are touched on the client's event loop only; the rest is immutable or has a lock.
final class ClientCall: @unchecked Sendable {
    let method: MethodDescriptor
    /// The encoded request but for its timeout.
    let envelope: ByteBuffer
    let deadline: NIODeadline?
    /// What the caller writes behind the request; nil if the method takes one request.
    let requests: RequestOutbox?
    let responses: ResponseQueue
    let receipt: CallReceipt?
    let compression: Bool
    /// Whether the metadata hold what nobody may guess.
    let carriesCredentials: Bool
    /// After what time a second try may be made beside the first; nil never.
    let hedgeAfter: Duration?
    /// Takes the responses instead of a caller.
    let watch: HealthWatch?
    private let dispatcher: CallDispatcher
    /// The tries that run: one, or two while a call is hedged.
    var attempts: [CallAttempt] = []
    var retry: RetryState
    /// Whether a response has come.
    var hasDelivered = false
    /// Whether the call counts among the streams.
    var isCounted = false
    var timer: Deadlines<ClientCall>.Ticket?
    /// For the next try.
    var retryTimer: Scheduled<Void>?

    init(
        _ method: MethodDescriptor,
        _ envelope: ByteBuffer,
        deadline: NIODeadline?,
        options: CallOptions = .init(),
        watch: HealthWatch? = nil,
        _ dispatcher: CallDispatcher
    ) {
        let configuration = dispatcher.configuration
        self.method = method
        self.envelope = envelope
        self.deadline = deadline
        self.receipt = options.receipt
        self.compression = options.compression
        self.carriesCredentials = options.compression && options.metadata.holdsCredentials
        self.hedgeAfter = method.kind == .unary && method.safety == .query ? options.hedgeAfter : nil
        let hasKey = method.safety == .command && options.metadata["idempotency-key"] != nil
        self.retry = RetryState(method, hasKey: hasKey, configuration.retry)
        self.requests = method.kind.streamsRequests ? RequestOutbox(limit: configuration.requestQueueLimit) : nil
        self.responses = ResponseQueue(limit: configuration.streamQueueLimit)
        self.watch = watch
        self.dispatcher = dispatcher
    }

    /// The next response; nil after the last.
    ///
    /// - Throws: How the call failed; `CancellationError` when the task is cancelled, which ends the call.
    func next() async throws -> ByteBuffer? {
        try await withTaskCancellationHandler {
            try await self.responses.next { self.dispatcher.resumeReading(for: self) }
        } onCancel: {
            self.abandon()
        }
    }

    /// Sends a message behind the request. Suspends while the server does not keep up.
    ///
    /// - Throws: Why the call takes no more messages; `CancellationError` when the task is cancelled, which ends the
    ///   call.
    func write(_ message: ByteBuffer) async throws {
        try await withTaskCancellationHandler {
            try await self.requests?.write(message) { self.dispatcher.pump(self) }
        } onCancel: {
            self.abandon()
        }
    }

    /// Tells the server that no further message comes.
    func finishWriting() {
        self.requests?.end { self.dispatcher.pump(self) }
    }

    /// Ends the call at once for a caller that no longer wants it. Without effect if it has ended.
    func abandon() {
        self.responses.cancel()
        self.requests?.fail(CancellationError())
        self.dispatcher.forget(self)
    }

    /// Ends the call; only the first end counts.
    func finish(_ end: Result<Void, any Error>) {
        self.responses.finish(end)
        guard let requests = self.requests else { return }
        switch end {
        case .success: requests.fail(Status.callHasEnded)
        case .failure(let error): requests.fail(error)
        }
    }
}

extension ClientCall {
    /// Whether something came or went that cannot be repeated.
    var isBound: Bool { self.hasDelivered || self.requests?.hasGivenAway == true }
}

extension Metadata {
    /// Whether a value is secret by its name.
    fileprivate var holdsCredentials: Bool {
        self.pairs.contains { pair in
            ["authorization", "cookie", "token", "secret", "password", "api-key"].contains { pair.key.contains($0) }
        }
    }
}
