package import Postgres

/// What must hold of the ledger at any moment, checked by SQL that shares nothing with the code under test.
package enum LedgerInvariants {
    /// The broken rules, each with the rows that break it; empty when all hold.
    package static func violations(in database: Database) async throws -> [String] {
        var broken: [String] = []
        for (rule, query) in rules {
            let rows = try await database.rows(Statement(query)) { row in try row.text(0) }
            broken += rows.map { "\(rule): \($0)" }
        }
        return broken
    }

    private static let rules = [
        (
            "a user's balance is the sum of the movements",
            """
            SELECT a.id::text || ' has ' || a.balance FROM account a WHERE a.kind = 1 AND a.balance <>
                (SELECT coalesce(sum(amount), 0) FROM transfer WHERE credit = a.id)
                - (SELECT coalesce(sum(amount), 0) FROM transfer WHERE debit = a.id)
            """
        ),
        (
            "the balance is what the last movement says",
            """
            SELECT a.id::text FROM account a JOIN LATERAL (
                SELECT balance_after FROM transfer WHERE a.id IN (debit, credit) ORDER BY journal_seq DESC LIMIT 1
            ) last ON true WHERE a.kind = 1 AND a.balance <> last.balance_after
            """
        ),
        (
            "what is held is the sum of the open holds",
            """
            SELECT a.id::text || ' holds ' || a.held FROM account a WHERE a.kind = 1 AND a.held <>
                (SELECT coalesce(sum(amount), 0) FROM hold WHERE account = a.id AND state = 0)
            """
        ),
        (
            "nothing is below zero or held beyond the balance",
            "SELECT id::text FROM account WHERE kind = 1 AND (balance < 0 OR held < 0 OR held > balance)"
        ),
        (
            "every settled hold has one movement of its amount, no other hold has any",
            """
            SELECT h.id::text FROM hold h LEFT JOIN transfer t ON t.hold_id = h.id
            WHERE coalesce(t.amount, 0) <> h.settled
            """
        ),
        (
            "the first credit is given once",
            """
            SELECT a.id::text FROM account a WHERE a.kind = 1
                AND (SELECT count(*) FROM transfer WHERE credit = a.id AND kind = 1) <> 1
            """
        ),
        (
            "every change of an account has its journal row, without gaps",
            """
            SELECT a.id::text FROM account a WHERE a.kind = 1 AND NOT EXISTS (
                SELECT FROM journal WHERE stream = 'account:' || a.id
                HAVING (max(stream_version), count(*)) = (a.version, a.version)
            )
            """
        ),
    ]
}
