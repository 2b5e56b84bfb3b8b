import CPostgres

extension Session {
    /// Runs several statements in one text, which the pipeline does not take, inside the transaction that is open.
    func script(_ sql: String) throws(PostgresError) {
        guard PQexitPipelineMode(self.native) == 1, PQsendQuery(self.native, sql) == 1 else { throw self.lost() }
        try self.flush()
        let failure = try self.receiveScript()
        guard PQenterPipelineMode(self.native) == 1 else { throw self.lost() }
        if let failure { throw failure }
        guard PQtransactionStatus(self.native) == PQTRANS_INTRANS else {
            self.isBroken = true
            throw PostgresError(.server, "the script ended the transaction that it ran in", sqlState: "2D000")
        }
    }

    private func receiveScript() throws(PostgresError) -> PostgresError? {
        let deadline = ContinuousClock.now + self.patience
        var failure: PostgresError?
        while let raw = try self.nextResult(until: deadline) {
            let result = ResultSet(taking: raw)
            switch PQresultStatus(raw) {
            case PGRES_FATAL_ERROR: failure = failure ?? PostgresError(copying: raw)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                self.isBroken = true
                throw PostgresError(.server, "the script starts a copy, which is not supported")
            default: break
            }
            _ = consume result
        }
        if failure?.kind == .connectionLost { self.isBroken = true }
        return failure
    }
}
