import CPostgres
import Glibc

/// One connection to the server, always in pipeline mode.
///
/// Not `Sendable`: it lives and dies on the thread that made it. Once `isBroken`, every call throws.
final class Session {
    let native: OpaquePointer
    let configuration: DatabaseConfiguration
    var cache: StatementCache
    /// Why statements sent in this burst could not be prepared, by their names.
    var refusals: [String: PostgresError] = [:]
    /// Set by whatever finds that the connection must not be used again.
    var isBroken = false

    /// Longest silence of the server before the connection counts as lost: what it may take, and a margin.
    var patience: Duration { self.configuration.statementTimeout + self.configuration.silenceMargin }

    /// Connects and sets the session's limits; blocks for at most the connect timeout.
    init(_ configuration: DatabaseConfiguration) throws(PostgresError) {
        guard let native = ConnectionString(configuration).startConnecting() else {
            throw PostgresError(.unavailable, "out of memory")
        }
        self.native = native
        self.configuration = configuration
        self.cache = StatementCache(limit: configuration.statementCacheLimit)
        // from here on `deinit` closes the connection, also when this throws
        guard PQstatus(native) != CONNECTION_BAD else { throw self.refused() }
        _ = PQsetNoticeProcessor(native, { _, _ in }, nil)  // else libpq prints notices to standard error
        try self.finishConnecting()
        guard PQsetnonblocking(native, 1) == 0, PQenterPipelineMode(native) == 1 else {
            throw PostgresError(.unavailable, "the connection cannot enter pipeline mode")
        }
        try self.setLimits()
    }

    deinit {
        PQfinish(self.native)
    }

    private func finishConnecting() throws(PostgresError) {
        let deadline = ContinuousClock.now + self.configuration.connectTimeout
        var wanted = PGRES_POLLING_WRITING
        while true {
            // a socket shows errors whatever one waits for
            guard self.poll(for: wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT, until: deadline) != 0 else {
                throw PostgresError(.unavailable, "the server did not answer in time")
            }
            wanted = PQconnectPoll(self.native)
            if wanted == PGRES_POLLING_OK { return }
            guard wanted != PGRES_POLLING_FAILED else { throw self.refused() }
        }
    }

    private func refused() -> PostgresError {
        PostgresError(.unavailable, PostgresError.oneLine(PQerrorMessage(self.native)))
    }

    private func setLimits() throws(PostgresError) {
        let milliseconds = { (limit: Duration) in Parameter.text("\(max(1, limit / .milliseconds(1)))ms") }
        do {
            _ = try self.exchange(
                limitSettings,
                ParameterBlock([
                    milliseconds(self.configuration.statementTimeout),
                    milliseconds(self.configuration.lockTimeout),
                    milliseconds(self.configuration.idleInTransactionTimeout),
                ])
            )
            if self.configuration.looksUpByKeys { _ = try self.exchange(planningSettings, ParameterBlock([])) }
        } catch {
            throw PostgresError(.unavailable, error.message, sqlState: error.sqlState)
        }
    }

    /// Whether the server has not hung up while the connection was idle.
    func isAlive() -> Bool {
        while self.poll(for: POLLIN, until: .now) != 0 {
            guard PQconsumeInput(self.native) == 1 else { return false }
        }
        return !self.isBroken && PQstatus(self.native) == CONNECTION_OK
    }
}

private let limitSettings: Statement = """
    SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),
        set_config('idle_in_transaction_session_timeout', $3, false), set_config('TimeZone', 'UTC', false)
    """

// To compile a statement takes longer than to run it, and one that cannot use an index is always thought to be worth it here.
private let planningSettings: Statement = """
    SELECT set_config('plan_cache_mode', 'force_generic_plan', false), set_config('enable_seqscan', 'off', false),
        set_config('enable_hashjoin', 'off', false), set_config('enable_mergejoin', 'off', false),
        set_config('jit', 'off', false)
    """
