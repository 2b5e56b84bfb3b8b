import CPostgres

extension Session {
    /// Sends one statement and waits for its result.
    func exchange(
        _ statement: Statement,
        _ parameters: ParameterBlock,
        beginning: Bool = false
    ) throws(PostgresError) -> ResultSet {
        self.refusals = [:]
        try self.deallocateDiscarded()
        let group = try self.send(statement, parameters, beginning: beginning)
        try self.flush()
        return try self.receive(group)
    }

    /// Sends one statement, and runs `meanwhile` now and again for the first second without its result.
    func exchange(
        _ statement: Statement,
        _ parameters: ParameterBlock,
        meanwhile: () -> Void
    ) throws(PostgresError) -> ResultSet {
        self.refusals = [:]
        try self.deallocateDiscarded()
        let group = try self.send(statement, parameters)
        try self.flush()
        self.untilAnswered(meanwhile)
        return try self.receive(group)
    }

    /// Puts one statement into libpq's buffer, behind a BEGIN if wanted, and prepares it first if it is new here.
    func send(
        _ statement: Statement,
        _ parameters: ParameterBlock,
        beginning: Bool = false
    ) throws(PostgresError) -> SentGroup {
        guard !self.isBroken else { throw PostgresError(.connectionLost, "the connection broke before") }
        if beginning { try self.check(PQsendQueryParams(self.native, "BEGIN", 0, nil, nil, nil, nil, 1)) }
        let (name, isPreparing) =
            switch self.cache.look(up: statement) {
            case .prepared(let name): (name, false)
            case .missing(let name): (name, true)
            }
        if isPreparing { try self.check(PQsendPrepare(self.native, name, statement.sql, 0, nil)) }
        try self.check(
            parameters.withPointers { count, values, lengths, formats in
                PQsendQueryPrepared(self.native, name, count, values, lengths, formats, 1)
            }
        )
        try self.check(PQpipelineSync(self.native))
        return SentGroup(
            statement: statement,
            name: name,
            isPreparing: isPreparing,
            preludeCount: (beginning ? 1 : 0) + (isPreparing ? 1 : 0)
        )
    }

    /// Reads one group up to its sync: the result of its statement, or the first failure in it.
    func receive(_ group: SentGroup) throws(PostgresError) -> ResultSet {
        let answer = try self.receiveGroup()
        if let failure = answer.failure { throw self.explain(failure, of: group, after: answer.successes) }
        guard let result = answer.takeResult() else { throw self.lost() }
        return result
    }

    /// Frees the names on the server that the cache gave up; what it holds is bounded by the cache and one burst.
    func deallocateDiscarded() throws(PostgresError) {
        let names = self.cache.discarded
        guard !names.isEmpty, !self.isBroken, PQtransactionStatus(self.native) != PQTRANS_INERROR else { return }
        self.cache.discarded = []
        for name in names {
            try self.check(PQsendQueryParams(self.native, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 1))
            try self.check(PQpipelineSync(self.native))
        }
        try self.flush()
        for _ in names { _ = try self.receiveGroup() }  // a name unknown to the server is as good as freed
    }

    private func check(_ success: Int32) throws(PostgresError) {
        guard success == 1 else { throw self.lost() }
    }
}

// MARK: - Reading

extension Session {
    private struct GroupAnswer: ~Copyable {
        var successes = 0
        var failure: PostgresError?
        private var result: ResultSet?

        mutating func succeeded(_ result: consuming ResultSet) {
            self.successes += 1
            self.result = consume result
        }

        consuming func takeResult() -> ResultSet? { self.result }
    }

    private func receiveGroup() throws(PostgresError) -> GroupAnswer {
        guard !self.isBroken else {
            throw PostgresError(.connectionLost, "the connection broke before the answer", mayHaveExecuted: true)
        }
        let deadline = ContinuousClock.now + self.patience
        var answer = GroupAnswer()
        var wasEmpty = false
        while true {
            guard let raw = try self.nextResult(until: deadline) else {
                guard !wasEmpty else { throw self.lost() }  // one nil ends a statement, a second means nothing is left
                wasEmpty = true
                continue
            }
            wasEmpty = false
            let result = ResultSet(taking: raw)
            switch PQresultStatus(raw) {
            case PGRES_PIPELINE_SYNC: return answer
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: answer.succeeded(result)
            case PGRES_PIPELINE_ABORTED: break
            case PGRES_FATAL_ERROR: if answer.failure == nil { answer.failure = try self.failure(copying: raw) }
            default:
                self.isBroken = true
                throw PostgresError(.server, "the statement starts a copy, which is not supported")
            }
        }
    }

    private func failure(copying result: OpaquePointer) throws(PostgresError) -> PostgresError {
        let failure = PostgresError(copying: result)
        guard failure.kind == .server else {
            self.isBroken = true
            throw failure
        }
        return failure
    }

    /// Brings the cache in line with what the server refused, and names the true cause.
    private func explain(_ failure: PostgresError, of group: SentGroup, after successes: Int) -> PostgresError {
        if group.isPreparing, successes < group.preludeCount {
            self.cache.forget(group.statement, onServer: false)
            self.refusals[group.name] = failure
        } else if failure.sqlState == "26000" {  // invalid_sql_statement_name
            self.cache.forget(group.statement, onServer: false)
            return self.refusals[group.name] ?? failure
        } else if failure.sqlState == "0A000" {  // a cached plan whose result changed its type, among others
            self.cache.forget(group.statement, onServer: true)
        }
        return failure
    }
}
