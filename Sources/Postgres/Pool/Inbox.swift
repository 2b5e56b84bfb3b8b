import DequeModule
import Synchronization

/// The bounded queue in front of a group of connection threads.
///
/// Threads that have nothing to do lie on a stack, so that the one used last, which surely is connected, is woken first.
final class Inbox<Work: Sendable>: Sendable {
    enum Wakeup {
        /// There may be work; `afterRest` tells whether the thread had to wait for it.
        case work(afterRest: Bool)
        case closed
    }

    private struct State {
        var jobs: Deque<Job<Work>> = []
        var resting: [Bell] = []
        var pausing: [Bell] = []
        var isClosed = false
        /// Why the last attempt to connect failed, while none has succeeded since.
        var outage: PostgresError?
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { self.state.withLock { $0.jobs.count } }

    /// When the job at the front gives up.
    var earliestDeadline: ContinuousClock.Instant? { self.state.withLock { $0.jobs.first?.deadline } }

    // MARK: Callers

    func put(_ job: Job<Work>) throws(PostgresError) {
        let bell = try self.state.withLock { state throws(PostgresError) -> Bell? in
            guard !state.isClosed else { throw PostgresError(.closed, "the database was closed") }
            guard state.jobs.count < self.limit else {
                throw PostgresError(.queueFull, "\(self.limit) callers wait for a connection already")
            }
            state.jobs.append(job)
            return state.resting.popLast()
        }
        bell?.ring()
    }

    func remove(_ caller: any Caller) {
        self.state.withLock { $0.jobs.removeAll { $0.caller === caller } }
    }

    // MARK: Connection threads

    /// Blocks until there is work or the inbox is closed.
    func rest(_ bell: Bell) -> Wakeup {
        var hasRested = false
        while true {
            let wakeup = self.state.withLock { state -> Wakeup? in
                if state.isClosed { return .closed }
                if !state.jobs.isEmpty { return .work(afterRest: hasRested) }
                state.resting.append(bell)
                return nil
            }
            if let wakeup { return wakeup }
            bell.wait()
            hasRested = true
        }
    }

    /// Blocks for the duration, or until the inbox is closed.
    func pause(_ bell: Bell, for duration: Duration) {
        let isClosed = self.state.withLock { state in
            state.pausing.append(bell)
            return state.isClosed
        }
        if !isClosed { bell.wait(atMost: duration) }
        self.state.withLock { $0.pausing.removeAll { $0 === bell } }
    }

    /// The oldest jobs, as many as fit both bounds; at least one unless there is none.
    func take(atMost count: Int, bytes: Int) -> [Job<Work>] {
        self.state.withLock { state in
            var taken: [Job<Work>] = []
            var left = bytes
            while taken.count < count, let job = state.jobs.first, taken.isEmpty || job.size <= left {
                left -= job.size
                taken.append(job)
                state.jobs.removeFirst()
            }
            return taken
        }
    }

    /// Remembers why there is no connection, or nil that there is one again.
    ///
    /// - Returns: what it remembered before.
    func note(outage: PostgresError?) -> PostgresError? {
        self.state.withLock { state in
            defer { state.outage = outage }
            return state.outage
        }
    }

    // MARK: Timekeeper and owner

    /// Takes out the jobs that have waited too long, and says why.
    func expire(_ now: ContinuousClock.Instant) -> (jobs: [Job<Work>], error: PostgresError) {
        self.state.withLock { state in
            var expired: [Job<Work>] = []
            while let job = state.jobs.first, job.deadline <= now {
                expired.append(job)
                state.jobs.removeFirst()
            }
            return (expired, state.outage ?? PostgresError(.acquireTimedOut, "no connection became free in time"))
        }
    }

    /// Refuses new jobs, wakes every thread and hands over what was waiting.
    func close() -> [Job<Work>] {
        let (jobs, bells) = self.state.withLock { state in
            defer { (state.jobs, state.resting, state.isClosed) = ([], [], true) }
            return (Array(state.jobs), state.resting + state.pausing)
        }
        bells.forEach { $0.ring() }
        return jobs
    }
}
