import CPostgres

extension Session {
    /// Runs `body` between BEGIN and COMMIT, or ROLLBACK if it throws. BEGIN travels with the first statement.
    func transaction<Value>(_ body: (borrowing Transaction) throws -> Value) throws -> Value {
        let transaction = Transaction(self)
        let value: Value
        do {
            value = try body(transaction)
        } catch {
            self.rollBack()
            throw error
        }
        if transaction.hasBegun { try self.commit(after: transaction.failure) }
        return value
    }

    private func commit(after failure: PostgresError?) throws(PostgresError) {
        let result = try self.exchange("COMMIT", .empty)
        if PQtransactionStatus(self.native) != PQTRANS_IDLE { self.isBroken = true }
        guard result.tag == "COMMIT" else {  // the server rolls back when a statement failed, even if `body` went on
            throw failure ?? PostgresError(.server, "the transaction was rolled back", sqlState: "25P02")
        }
    }

    private func rollBack() {
        guard !self.isBroken, PQtransactionStatus(self.native) != PQTRANS_IDLE else { return }
        do throws(PostgresError) {
            _ = try self.exchange("ROLLBACK", .empty)
            self.isBroken = PQtransactionStatus(self.native) != PQTRANS_IDLE
        } catch {
            self.isBroken = true  // the server rolls back when the connection closes
        }
    }
}
