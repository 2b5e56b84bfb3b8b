import NIOCore
import NIOPosix
import RPC

/// Opens the ledger of a server for as long as `body` runs, which also gets the threads on which callers are cheapest.
func withRemoteLedger(
    at socket: String,
    _ body: (RemoteLedger, any TaskExecutor) async throws -> Void
) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let client = Client(.unix(path: socket), group: group, logger: quietLogger)
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(RemoteLedger(client), LoopTasks(on: group.any())))
    } catch {
        result = .failure(error)
    }
    await client.close()
    try await group.shutdownGracefully()
    try result.get()
}

/// Runs callers on the event loop of their connection: waking another thread for each answer costs more than the answer.
private final class LoopTasks: TaskExecutor {
    private let loop: any EventLoop

    init(on loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
