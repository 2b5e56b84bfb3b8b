import DequeModule
import Kernel
import Postgres
import RPC
import Synchronization

/// One of the sequences in which the ledger is written: a queue of commands, and at most one thread that works it off.
final class Lane: Sendable {
    private struct Queue {
        var commands: Deque<PendingCommand> = []
        /// Whether a connection works the queue off, or was asked for.
        var isBusy = false
    }

    private let number: Int16
    private let database: Database
    private let configuration: LedgerEngine.Configuration
    private let queue = Mutex(Queue())
    /// Only the thread that works the queue off takes it.
    private let memory: Mutex<LaneMemory>

    init(_ number: Int16, database: Database, _ configuration: LedgerEngine.Configuration) {
        self.number = number
        self.database = database
        self.configuration = configuration
        self.memory = Mutex(LaneMemory(limit: configuration.memoryLimit))
    }

    func post(_ command: LedgerCommand) async throws -> Entry {
        try await withCheckedThrowingContinuation { continuation in
            let pending = PendingCommand(
                command: command,
                deadline: .now + self.configuration.patience,
                caller: .alone(continuation)
            )
            let (isFull, starts) = self.queue.withLock { queue in
                guard queue.commands.count < self.configuration.queueLimit else { return (true, false) }
                queue.commands.append(pending)
                defer { queue.isBusy = true }
                return (false, !queue.isBusy)
            }
            if isFull { return continuation.resume(throwing: Status.ledgerBusy) }
            if starts { self.start() }
        }
    }

    /// Takes commands in their order, all or, when too many wait, none of them.
    func post(_ commands: [(index: Int, command: LedgerCommand)], for group: CommandGroup) {
        let deadline = ContinuousClock.now + self.configuration.patience
        let pending = commands.map { index, command in
            PendingCommand(command: command, deadline: deadline, caller: .group(group, index))
        }
        let (isFull, starts) = self.queue.withLock { queue in
            guard queue.commands.count + pending.count <= self.configuration.queueLimit else { return (true, false) }
            queue.commands.append(contentsOf: pending)
            defer { queue.isBusy = true }
            return (false, !queue.isBusy)
        }
        if isFull { for command in pending { command.caller.resume(with: .failure(Status.ledgerBusy)) } }
        if starts { self.start() }
    }

    private func start() {
        self.database.schedule { connection in
            self.work(on: connection)
        } failure: { error in
            self.fail(error)
        }
    }

    /// Works the queue off until it is empty or the connection breaks. While a batch is written, the one before is answered
    /// and the next one decided, so that the database never waits for us.
    private func work(on connection: borrowing Connection) {
        self.memory.withLock { memory in
            var debt: WrittenBatch?
            var next = Batch([], lane: self.number)
            while true {
                next.append(self.take(besides: next.pending.count, rests: next.pending.isEmpty && debt == nil))
                if next.pending.isEmpty {
                    guard debt != nil else { return }
                    debt.settle(&memory)
                    continue
                }
                var batch = next
                next = Batch([], lane: self.number)
                let written = batch.run(on: connection, &memory, debt: &debt) { draft, memory in
                    next.append(self.take(besides: next.pending.count))
                    next.decideAhead(of: &draft, &memory)
                }
                let left: [PendingCommand]
                if let written {
                    debt = written
                    next.draft.correct(by: written.draft)
                    left = written.left
                } else {
                    left = batch.pending + next.pending
                    next = Batch([], lane: self.number)
                }
                // Whether they were written shows when they are tried again.
                if !left.isEmpty { self.queue.withLock { $0.commands.prepend(contentsOf: left) } }
                if connection.isBroken {
                    debt.settle(&memory)
                    return self.start()
                }
            }
        }
    }

    /// The next commands, as many as fit beside others. The lane rests if there are none and `rests`.
    private func take(besides others: Int, rests: Bool = false) -> [PendingCommand] {
        self.queue.withLock { queue in
            if queue.commands.isEmpty, rests { queue.isBusy = false }
            let count = min(queue.commands.count, self.configuration.batchLimit - others)
            defer { queue.commands.removeFirst(count) }
            return Array(queue.commands.prefix(count))
        }
    }

    /// There is no connection: whoever waits gets to know.
    private func fail(_ error: PostgresError) {
        let commands = self.queue.withLock { queue in
            defer { queue = Queue() }
            return queue.commands
        }
        for pending in commands { pending.fail(error) }
    }
}

/// A command and who waits for its answer.
struct PendingCommand {
    let command: LedgerCommand
    let deadline: ContinuousClock.Instant
    let caller: Caller
    /// Whether an earlier try may have been written.
    var wasTried = false

    /// Who waits.
    enum Caller {
        case alone(CheckedContinuation<Entry, any Error>)
        /// The place of the command among those that are waited for together.
        case group(CommandGroup, Int)

        func resume(with result: Result<Entry, any Error>) {
            switch self {
            case .alone(let continuation): continuation.resume(with: result)
            case .group(let group, let index): group.resolve(index, with: result)
            }
        }
    }

    func answer(_ result: Result<Entry, Status>) {
        self.caller.resume(with: result.mapError { $0 as any Error })
    }

    /// Ends the wait without a final answer.
    func fail(_ error: PostgresError) {
        var error = error
        error.mayHaveExecuted = error.mayHaveExecuted || self.wasTried
        self.caller.resume(with: .failure(error))
    }
}
