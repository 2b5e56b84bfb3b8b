internal import DequeModule
internal import NIOCore
internal import Synchronization

/// Runs tasks on an event loop, so that a handler never leaves the thread of its connection.
///
/// Jobs that become ready on the loop go to a queue without a lock, which is run when the loop has read what there was.
/// Jobs from other threads wake the loop once per batch.
// Everything but `foreign`, which has a lock, is touched on the event loop only.
final class LoopExecutor: TaskExecutor, @unchecked Sendable {
    /// Rounds of jobs run before the loop looks at its sockets again.
    private static let roundsPerDrain = 16

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

    /// Runs what is ready. Called when the loop has handled a read.
    func drain() {
        guard !self.isDraining else { return }
        self.isDraining = true
        for _ in 0..<Self.roundsPerDrain where !self.jobs.isEmpty || !self.afterJobs.isEmpty {
            self.runRound()
        }
        self.isDraining = false
        if !self.jobs.isEmpty || !self.afterJobs.isEmpty { self.drainAfterReading() }
    }

    /// Calls `body` once the jobs that are ready have run.
    func afterJobs(_ body: @escaping () -> Void) {
        self.afterJobs.append(body)
        self.drainLater()
    }

    private func runRound() {
        let executor = self.asUnownedTaskExecutor()
        var left = self.jobs.count
        while left > 0, let job = self.jobs.popFirst() {
            job.runSynchronously(on: executor)
            left -= 1
        }
        guard self.jobs.isEmpty, !self.afterJobs.isEmpty else { return }
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

    /// Goes on once the loop has looked at its sockets. What is merely executed comes before them, so that a handler that
    /// always has something to do would keep them waiting for ever.
    private func drainAfterReading() {
        guard !self.isScheduled else { return }
        self.isScheduled = true
        self.loop.assumeIsolated().scheduleTask(in: .milliseconds(1)) {
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
