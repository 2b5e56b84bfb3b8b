/// Who waits for a job, whatever the answer's type is.
protocol Caller: AnyObject, Sendable {
    /// Claims the job for execution; false when the caller has left.
    func start() -> Bool
    func fail(_ error: any Error)
}

/// Work that waits for a connection.
struct Job<Work: Sendable>: Sendable {
    let work: Work
    /// Bytes of its parameters.
    let size: Int
    let deadline: ContinuousClock.Instant
    let caller: any Caller

    func start() -> Bool { self.caller.start() }
    func fail(_ error: any Error) { self.caller.fail(error) }
}

/// A single statement and what reads its answer.
struct Query: Sendable {
    let statement: Statement
    let parameters: ParameterBlock
    let read: @Sendable (borrowing ResultSet) -> Void
}

/// A whole transaction.
struct Write: Sendable {
    let run: @Sendable (Session) -> Void
}
