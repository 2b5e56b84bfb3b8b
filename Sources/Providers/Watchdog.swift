import Synchronization

/// Cancels work that waits too long for someone else. Time in which the work does not wait is free.
final class Watchdog: Sendable {
    /// The wait was longer than allowed.
    struct TimedOut: Error, CustomStringConvertible {
        var description: String { "it took too long" }
    }

    private enum State {
        case calm
        case waiting(until: ContinuousClock.Instant)
        case expired
    }

    // Safe: one child task calls it, and the task it belongs to does nothing but wait for that child.
    private struct Lent<Value>: @unchecked Sendable {
        let work: (Watchdog) async throws -> Value
    }

    private let state = Mutex(State.calm)

    private init() {}

    /// Runs `work`, looking after its waits every `tick`: a wait may last that much longer than allowed.
    static func guarding<Value: Sendable>(
        every tick: Duration,
        _ work: @escaping (Watchdog) async throws -> Value
    ) async throws -> Value {
        let watchdog = Watchdog()
        let lent = Lent(work: work)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                await watchdog.watch(every: tick)
                return nil
            }
            group.addTask { try await lent.work(watchdog) }
            for try await value in group {
                if let value { return value }
                group.cancelAll()
            }
            throw CancellationError()
        }
    }

    /// Waits for something.
    ///
    /// - Throws: `TimedOut` after `limit`, else what `something` throws.
    func wait<Value>(atMost limit: Duration, for something: () async throws -> Value) async throws -> Value {
        self.state.withLock { if case .calm = $0 { $0 = .waiting(until: .now + limit) } }
        let result: Result<Value, any Error>
        do { result = .success(try await something()) } catch { result = .failure(error) }
        try self.calmDown()
        return try result.get()
    }

    private func calmDown() throws(TimedOut) {
        let expired = self.state.withLock { state in
            if case .expired = state { return true }
            state = .calm
            return false
        }
        if expired { throw TimedOut() }
    }

    /// Returns as soon as a wait is found too long, or the task is cancelled.
    private func watch(every tick: Duration) async {
        while !self.isExpired() {
            do { try await Task.sleep(for: tick) } catch { return }
        }
    }

    private func isExpired() -> Bool {
        self.state.withLock { state in
            guard case .waiting(let end) = state, end <= .now else { return false }
            state = .expired
            return true
        }
    }
}
