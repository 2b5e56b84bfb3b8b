import CPostgres

extension Session {
    /// Sends the queries as one pipeline, each with a sync of its own, and answers each as its result arrives.
    func run(_ burst: [Job<Query>]) {
        let queries = burst.filter { $0.start() }
        do throws(PostgresError) {
            self.refusals = [:]
            try self.deallocateDiscarded()
        } catch {
            return queries.forEach { $0.fail(error.beforeExecution) }
        }
        let sent = queries.compactMap { self.send($0) }
        do throws(PostgresError) {
            try self.flush()
        } catch {
            return sent.forEach { $0.job.fail(error) }
        }
        sent.forEach { self.answer($0.job, $0.group) }
        if PQtransactionStatus(self.native) != PQTRANS_IDLE { self.isBroken = true }  // someone sent a BEGIN
    }

    private func send(_ job: Job<Query>) -> (job: Job<Query>, group: SentGroup)? {
        do throws(PostgresError) {
            return (job, try self.send(job.work.statement, job.work.parameters))
        } catch {
            job.fail(error)
            return nil
        }
    }

    private func answer(_ job: Job<Query>, _ group: SentGroup) {
        do throws(PostgresError) {
            job.work.read(try self.receive(group))
        } catch {
            job.fail(error)
        }
    }
}

extension PostgresError {
    /// The same failure, met before anything of the caller's was sent.
    var beforeExecution: PostgresError {
        var error = self
        error.mayHaveExecuted = false
        return error
    }
}
