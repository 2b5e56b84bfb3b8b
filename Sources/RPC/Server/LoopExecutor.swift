internal import DequeModule
internal import NIOCore
internal import Synchronization

/// Runs tasks on an event loop, so that a handler never leaves the thread of its connection.
///
/// Jobs that become ready on the loop go to a queue without a lock, which is run when the loop has read what there was.
/// Jobs from other threads wake the loop once per batch.
// Everything but `foreign`, which has a lock, is touched on the event loop only.
final class LoopExecutor: TaskExecutor, @unchecked Sendable {
    /// Rounds of jobs run before the loop looks at its sockets again, and how long no further round begins.
    private static let roundsPerDrain = 64
    private static let timePerDrain = TimeAmount.microseconds(500)

    let loop: any EventLoop
    private let foreign = Mutex<Deque<UnownedJob>>([])
    private var jobs = Deque<UnownedJob>()
    private var afterJobs: [() -> Void] = []
    private var isScheduled = false
    private var isDraining = false

    init(on loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if self.loop.inEventLoop {
            self.jobs.append(job)
            self.drainLater()
        } else {
            self.enqueueFromElsewhere(job)
        }
    }

    /// Runs what is ready, and what that makes ready, up to a bound.
    func drain() {
        guard !self.isDraining else { return }
        self.isDraining = true
        var rounds = 0
        var end: NIODeadline?
        while rounds < Self.roundsPerDrain, !self.jobs.isEmpty || !self.afterJobs.isEmpty {
            self.runJobs()
            if self.jobs.isEmpty { self.runAfterJobs() }
            rounds += 1
            // Most reads need no second round, and so no look at the clock.
            if !self.jobs.isEmpty {
                let now = self.loop.now
                if now >= end ?? .distantFuture { break }
                end = end ?? now + Self.timePerDrain
            }
        }
        // A handler that always has something to do must not hold up the others' answers.
        self.runAfterJobs()
        self.isDraining = false
        if !self.jobs.isEmpty || !self.afterJobs.isEmpty { self.drainAfterReading() }
    }

    /// Runs what is ready and what `body` makes ready, but not what comes of that: the caller drains later.
    func drainOnce(after body: () -> Void) {
        guard !self.isDraining else { return body() }
        self.isDraining = true
        body()
        self.runJobs()
        self.isDraining = false
    }

    /// Calls `body` once the jobs that are ready have run.
    func afterJobs(_ body: @escaping () -> Void) {
        self.afterJobs.append(body)
        self.drainLater()
    }

    private func runJobs() {
        let executor = self.asUnownedTaskExecutor()
        var left = self.jobs.count
        while left > 0, let job = self.jobs.popFirst() {
            job.runSynchronously(on: executor)
            left -= 1
        }
    }

    private func runAfterJobs() {
        guard !self.afterJobs.isEmpty else { return }
        let bodies = self.afterJobs
        self.afterJobs = []
        bodies.forEach { $0() }
    }

    private func drainLater() {
        guard !self.isScheduled, !self.isDraining else { return }
        self.isScheduled = true
        self.loop.execute {
            self.isScheduled = false
            self.drain()
        }
    }

    private func drainAfterReading() {
        guard !self.isScheduled else { return }
        self.isScheduled = true
        self.loop.afterReading {
            self.isScheduled = false
            self.drain()
        }
    }

    private func enqueueFromElsewhere(_ job: UnownedJob) {
        let isFirst = self.foreign.withLock { foreign in
            foreign.append(job)
            return foreign.count == 1
        }
        guard isFirst else { return }
        self.loop.execute {
            let arrived = self.foreign.withLock { foreign in
                defer { foreign = [] }
                return foreign
            }
            self.jobs.append(contentsOf: arrived)
            self.drain()
        }
    }
}
