/// Callers that each wait for their answer before they ask again.
struct Load {
    private let workload: Workload
    private let sampler: Sampler
    private let callers: Int
    private let executor: (any TaskExecutor)?

    /// The callers run on `executor`; on Swift's own threads if it is nil.
    init(of workload: Workload, on accounts: Accounts, from callers: Int, by executor: (any TaskExecutor)?) {
        self.workload = workload
        self.sampler = accounts.sampler(workload.spread)
        self.callers = callers
        self.executor = executor
    }

    /// Calls for so long and until the last answers are there.
    ///
    /// - Throws: What the ledger throws, but for refusals that the workload asks for.
    func run(against ledger: some LoadedLedger, for time: Duration) async throws -> Measured {
        let begin = ContinuousClock.now
        return try await withThrowingTaskGroup(of: Measured.self) { group in
            for _ in 0..<self.callers {
                group.addTask(executorPreference: self.executor) { [workload, sampler] in
                    var caller = Caller(of: workload, sampler)
                    return try await caller.call(ledger, since: begin, for: time)
                }
            }
            var all = Measured()
            for try await one in group { all.add(one) }
            return all
        }
    }
}
