internal import DequeModule
internal import NIOCore

/// Runs the calls of one event loop in tasks that are used again.
///
/// The calls of one read stand in a queue. A worker runs them back to back in its own task; when a handler suspends,
/// the next worker takes the rest. So a task is paid for a suspension, not for a call, and no call waits behind a slow
/// one. The queue is bounded by the calls that connections may have running.
// Touched on its event loop only: workers run there, calls come from connections there.
final class WorkerPool: @unchecked Sendable {
    /// More workers than this end rather than wait for work.
    private static let mostIdle = 64

    private let executor: LoopExecutor
    private var queue = Deque<ServerCall>()
    private var idle: [Worker] = []
    private var isStopped = false
    /// Whether queued calls are being started. Outside, a worker that goes on may take one, too.
    fileprivate var isRunning = false
    /// Calls of the present run whose handlers have returned.
    private var returned = Deque<ServerCall>()

    init(on executor: LoopExecutor) {
        self.executor = executor
    }

    /// Calls that have not begun.
    var queued: Int { self.queue.count }

    /// Queues a call for the next `run`.
    func add(_ call: ServerCall) {
        self.queue.append(call)
    }

    /// Starts all queued calls.
    func run() {
        self.isRunning = true
        defer { self.finish() }
        while !self.queue.isEmpty {
            if let worker = self.idle.popLast() {
                self.executor.drainOnce { worker.wake() }
                worker.call?.waits()
            } else {
                self.startWorker()
            }
        }
    }

    /// A handler has returned. In a run, what is left to do of its call waits for the others: the code of all that a call
    /// needs is more than the processor's first cache holds (231 misses for a small call; 143 so).
    fileprivate func returned(_ call: consuming ServerCall) {
        if self.isRunning { self.returned.append(call) } else { call.returned(at: .now()) }
    }

    private func finish() {
        self.isRunning = false
        guard !self.returned.isEmpty else { return }
        let now = NIODeadline.now()  // answers go out together
        while let call = self.returned.popFirst() { call.returned(at: now) }
    }

    /// Lets idle workers end.
    func stop() {
        self.isStopped = true
        while let worker = self.idle.popLast() { worker.wake() }
        self.executor.drain()
    }

    /// Takes the next call of a method, if it is the next of all.
    fileprivate func next(of method: ServedMethod) -> ServerCall? {
        self.queue.first?.served === method ? self.queue.popFirst() : nil
    }

    private func startWorker() {
        let worker = Worker(of: self)
        let task = Task.immediate(executorPreference: self.executor) {
            await TraceContext.$slot.withValue(worker.slot) { await self.work(worker) }
        }
        worker.started(task)
        worker.call?.waits()
    }

    private func work(_ worker: Worker) async {
        worker.slot.bound()
        while true {
            while let method = self.queue.first?.served {
                await method.serve(method, worker)
                if worker.isRetired { return }
            }
            guard !self.isStopped, self.idle.count < Self.mostIdle else { return }
            await worker.rest { self.idle.append(worker) }
        }
    }
}

/// A task that runs one call after the other, until one of them is cancelled.
// Touched on its event loop only.
final class Worker: @unchecked Sendable {
    private let pool: WorkerPool
    let slot = TraceSlot()
    private var task: Task<Void, Never>?
    private var rest: UnsafeContinuation<Void, Never>?
    private(set) var isRetired = false
    /// The call it serves. Unowned, as `serve` holds it, and unsafe for speed: it is set and taken away there.
    fileprivate(set) unowned(unsafe) var call: ServerCall?

    init(of pool: WorkerPool) {
        self.pool = pool
    }

    /// Serves calls of one method as long as one follows the other: reads the request of each, asks the interceptors, runs
    /// `body`, answers with what it returns, or with what any of them throws. One loop for all, as each return of an async
    /// function costs a call 3 %.
    func serve<Request, Result>(
        _ method: ServedMethod,
        _ request: (ServerCall) throws(Status) -> Request,
        subject: ((Request) -> String)?,
        _ body: (Request, ServerCall) async throws -> Result,
        answer: (Result, ServerCall) throws -> Void
    ) async {
        while let call = self.next(of: method) {
            do {
                let request = try request(call)
                let subject = subject?(request)
                var step = try method.first?.begin(call, subject: subject)
                self.slot.trace = call.trace
                while let reached = step {
                    try await reached.interceptor.before(call, subject: subject)
                    step = try reached.next?.begin(call, subject: subject)
                    self.slot.trace = call.trace
                }
                call.admitted()
                try answer(try await body(request, call), call)
            } catch {
                call.fail(call.status(for: error))
            }
            self.call = nil
            call.leaves()
            self.pool.returned(call)
            if self.slot.isShared { self.isRetired = true } else { self.slot.trace = nil }
        }
    }

    /// The next call of a method, to be run; nil if the next is of another, or the worker is to run no other.
    private func next(of method: ServedMethod) -> ServerCall? {
        while !self.isRetired, let call = self.pool.next(of: method) {
            if call.begins(in: self) {
                self.call = call
                if !self.pool.isRunning { call.waits() }  // nobody would see if it does
                return call
            }
            self.pool.returned(call)
        }
        return nil
    }

    /// Says which task the worker is. The task has run up to its first suspension then.
    func started(_ task: Task<Void, Never>) {
        self.task = task
        if self.isRetired { task.cancel() }
    }

    /// Cancels the worker's task and with it the call it runs; it will run no other.
    func retire() {
        self.isRetired = true
        self.task?.cancel()
    }

    /// Suspends until `wake`.
    func rest(_ suspended: () -> Void) async {
        // Unsafe for speed: resumed exactly once, by `wake`, which takes it away.
        await withUnsafeContinuation { continuation in
            self.rest = continuation
            suspended()
        }
    }

    /// Ends the rest.
    func wake() {
        self.rest.take()?.resume()
    }
}
