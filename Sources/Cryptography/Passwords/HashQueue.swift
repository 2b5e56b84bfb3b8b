internal import Dispatch
internal import Synchronization

/// Work that waits for a thread: bounded, first come first served, closed once.
final class HashQueue: Sendable {
    private struct Waiting {
        let id: UInt64
        let start: @Sendable () -> Void
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Waiting] = []
        var lastID: UInt64 = 0
        var isClosed = false
    }

    private let limit: Int
    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Lets a thread of the queue run `body`. A caller that is cancelled before its turn leaves the queue.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let id = self.state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                self.add(
                    Waiting(
                        id: id,
                        start: { continuation.resume(with: Result { try body() }) },
                        refuse: { continuation.resume(throwing: $0) }
                    )
                )
            }
        } onCancel: {
            self.remove(id)?.refuse(CancellationError())
        }
    }

    /// Waits for the next piece of work; `nil` once the queue is closed.
    func next() -> (@Sendable () -> Void)? {
        while true {
            self.work.wait()
            let (job, isClosed) = self.state.withLock { state in
                (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.isClosed)
            }
            if let job { return job.start }
            if isClosed {
                self.work.signal()  // for the next thread
                return nil
            }
        }
    }

    /// Refuses new work. What waits is still done.
    func close() {
        self.state.withLock { $0.isClosed = true }
        self.work.signal()
    }

    private func add(_ job: Waiting) {
        let refusal: (any Error)? = self.state.withLock { state in
            if Task.isCancelled { return CancellationError() }
            guard !state.isClosed else { return PasswordHasher.Closed() }
            guard state.waiting.count < self.limit else { return PasswordHasher.QueueFull() }
            state.waiting.append(job)
            return nil
        }
        if let refusal { return job.refuse(refusal) }
        self.work.signal()
    }

    private func remove(_ id: UInt64) -> Waiting? {
        self.state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiting.remove(at: index)
        }
    }
}
