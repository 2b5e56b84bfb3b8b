package import Logging

/// A Postgres database: a few connections, each on a thread of its own, that connect when needed and reconnect by
/// themselves.
///
/// Single statements share pipelined connections; transactions get a connection of another group to themselves.
/// All calls throw `PostgresError`, or what their closure throws, or `CancellationError`. A cancelled caller whose
/// statement was sent already gets its error at once and does not learn the outcome.
package final class Database: Sendable {
    /// Bounds of one pipeline: statements, and bytes of parameters.
    static let burstLimit = (jobs: 64, bytes: 32 << 10)

    private let acquireTimeout: Duration
    private let queries: Inbox<Query>
    private let writes: Inbox<Write>
    private let timekeeper = Timekeeper()
    private let threads = Threads()

    /// Returns at once; the first caller makes the first connection.
    package init(_ configuration: DatabaseConfiguration, logger: Logger) {
        let queries = Inbox<Query>(limit: configuration.queueLimit)
        let writes = Inbox<Write>(limit: configuration.queueLimit)
        self.acquireTimeout = configuration.acquireTimeout
        self.queries = queries
        self.writes = writes
        for number in 0..<max(1, configuration.pipelined) {
            let thread = ConnectionThread(
                inbox: queries,
                configuration: configuration,
                logger: logger,
                limit: Self.burstLimit
            ) { session, jobs in session.run(jobs) }
            self.threads.start("postgres-\(number)") { thread.run() }
        }
        for number in 0..<max(1, configuration.transactional) {
            let thread = ConnectionThread(
                inbox: writes,
                configuration: configuration,
                logger: logger,
                limit: (jobs: 1, bytes: 0)
            ) { session, jobs in
                for job in jobs where job.start() { job.work.run(session) }
            }
            self.threads.start("postgres-tx-\(number)") { thread.run() }
        }
        let timekeeper = self.timekeeper
        self.threads.start("postgres-clock") {
            timekeeper.run { Self.expire(queries, writes) }
        }
    }

    deinit {
        self.shutDown()
    }

    /// Runs a statement and decodes each row it answers, on the connection's thread.
    package func rows<Value: Sendable>(
        _ statement: Statement,
        _ parameters: [Parameter] = [],
        _ decode: @escaping @Sendable (borrowing Row) throws -> Value
    ) async throws -> [Value] {
        try await self.query(statement, parameters) { try $0.rows(decode) }
    }

    /// Runs a statement and decodes the first row it answers, on the connection's thread; nil when there is none.
    package func first<Value: Sendable>(
        _ statement: Statement,
        _ parameters: [Parameter] = [],
        _ decode: @escaping @Sendable (borrowing Row) throws -> Value
    ) async throws -> Value? {
        try await self.query(statement, parameters) { try $0.first(decode) }
    }

    /// Runs a statement that stands for itself; it commits alone.
    ///
    /// - Returns: how many rows it inserted, changed, deleted or answered.
    @discardableResult
    package func run(_ statement: Statement, _ parameters: [Parameter] = []) async throws -> Int {
        try await self.query(statement, parameters) { $0.affectedRows }
    }

    /// Runs `body` in one transaction: committed when it returns, rolled back when it throws.
    ///
    /// `body` cannot await, so it waits for nothing but Postgres. A caller cancelled before `body` starts is dropped;
    /// once started it runs to its end and its result is returned. When the connection is lost during COMMIT the error
    /// says `mayHaveExecuted`.
    @discardableResult
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> Value
    ) async throws -> Value {
        try await self.submit(to: self.writes, size: 0, cancelsRunning: false) { waiter in
            Write { session in
                waiter.finish(Result { try session.transaction(body) })
            }
        }
    }

    /// Runs `body` on a connection of the transactional group, outside of any transaction: each of its statements commits
    /// alone. Nobody waits for it; when it cannot begin, `failure` is told why.
    package func schedule(
        _ body: @escaping @Sendable (borrowing Connection) -> Void,
        failure: @escaping @Sendable (PostgresError) -> Void
    ) {
        let work = Write { session in body(Connection(session)) }
        let job = Job(work: work, size: 0, deadline: .now + self.acquireTimeout, caller: Unattended(failure))
        do throws(PostgresError) {
            try self.writes.put(job)
            self.timekeeper.noteWait()
        } catch {
            failure(error)
        }
    }

    /// Refuses new work, fails what waits, lets what runs finish, and ends every thread and connection.
    package func close() async {
        self.shutDown()
        await self.threads.join()
    }
}

extension Database {
    private func query<Value: Sendable>(
        _ statement: Statement,
        _ parameters: [Parameter],
        _ read: @escaping @Sendable (borrowing ResultSet) throws -> Value
    ) async throws -> Value {
        let block = try ParameterBlock(parameters)
        return try await self.submit(to: self.queries, size: block.size, cancelsRunning: true) { waiter in
            Query(statement: statement, parameters: block) { result in
                waiter.finish(Result { try read(result) })
            }
        }
    }

    private func submit<Work: Sendable, Value: Sendable>(
        to inbox: Inbox<Work>,
        size: Int,
        cancelsRunning: Bool,
        _ work: (Waiter<Value>) -> Work
    ) async throws -> Value {
        let waiter = Waiter<Value>()
        let job = Job(work: work(waiter), size: size, deadline: .now + self.acquireTimeout, caller: waiter)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard waiter.wait(with: continuation) else { return }
                do throws(PostgresError) {
                    try inbox.put(job)
                    self.timekeeper.noteWait()
                } catch {
                    waiter.fail(error)
                }
            }
        } onCancel: {
            waiter.cancel(evenIfRunning: cancelsRunning)
            inbox.remove(waiter)
        }
    }

    private func shutDown() {
        let error = PostgresError(.closed, "the database was closed")
        self.queries.close().forEach { $0.fail(error) }
        self.writes.close().forEach { $0.fail(error) }
        self.timekeeper.close()
    }

    /// Ends the waits that are due; answers when the next one is.
    private static func expire(_ queries: Inbox<Query>, _ writes: Inbox<Write>) -> ContinuousClock.Instant? {
        let now = ContinuousClock.now
        let (lateQueries, queryError) = queries.expire(now)
        lateQueries.forEach { $0.fail(queryError) }
        let (lateWrites, writeError) = writes.expire(now)
        lateWrites.forEach { $0.fail(writeError) }
        return [queries.earliestDeadline, writes.earliestDeadline].compactMap(\.self).min()
    }
}
