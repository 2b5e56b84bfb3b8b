import Synchronization

/// The caller of one job. Answered once, by whoever comes first: the connection's thread, the timekeeper or the caller's
/// own cancellation.
final class Waiter<Value: Sendable>: Caller {
    private enum Phase {
        case fresh
        case waiting(CheckedContinuation<Value, any Error>)
        case running(CheckedContinuation<Value, any Error>)
        case gone
    }

    private let phase = Mutex(Phase.fresh)

    /// False when the caller was cancelled before; it is then answered here.
    func wait(with continuation: CheckedContinuation<Value, any Error>) -> Bool {
        let isFresh = self.phase.withLock { phase in
            guard case .fresh = phase else { return false }
            phase = .waiting(continuation)
            return true
        }
        if !isFresh { continuation.resume(throwing: CancellationError()) }
        return isFresh
    }

    func start() -> Bool {
        self.phase.withLock { phase in
            guard case .waiting(let continuation) = phase else { return false }
            phase = .running(continuation)
            return true
        }
    }

    /// Answers the caller with a cancellation, unless its job is running and `evenIfRunning` is false.
    func cancel(evenIfRunning: Bool) {
        let continuation = self.phase.withLock { phase -> CheckedContinuation<Value, any Error>? in
            if case .running = phase, !evenIfRunning { return nil }
            return Self.leave(&phase)
        }
        continuation?.resume(throwing: CancellationError())
    }

    func finish(_ result: Result<Value, any Error>) {
        self.phase.withLock { Self.leave(&$0) }?.resume(with: result)
    }

    func fail(_ error: any Error) {
        self.finish(.failure(error))
    }

    private static func leave(_ phase: inout Phase) -> CheckedContinuation<Value, any Error>? {
        defer { phase = .gone }
        return switch phase {
        case .waiting(let continuation), .running(let continuation): continuation
        case .fresh, .gone: nil
        }
    }
}
