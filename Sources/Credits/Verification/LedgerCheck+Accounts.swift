extension LedgerCheck {
    /// About the entries of each account.
    static let accounts = [
        Rule(
            name: "I2 I9 steps",
            claim: "every entry follows from the one before it, without gaps",
            counted: "SELECT count(*) FROM entry",
            broken: """
                SELECT account || ' version ' || version FROM (
                    SELECT account, version, posting, amount, held, balance_after, held_after,
                        lag(version, 1, 0) OVER w AS version_before, lag(posting, 1, 0) OVER w AS posting_before,
                        lag(balance_after, 1, 0) OVER w AS balance_before, lag(held_after, 1, 0) OVER w AS held_before
                    FROM entry WINDOW w AS (PARTITION BY account ORDER BY version)
                ) step
                WHERE version <> version_before + 1 OR posting < posting_before
                    OR balance_after <> balance_before + amount OR held_after <> held_before + held
                """
        ),
        Rule(
            name: "I2 kinds",
            claim: "every entry moves and holds what its kind may",
            counted: "SELECT count(*) FROM entry",
            broken: """
                SELECT account || ' version ' || version || ' is no entry of kind ' || kind
                FROM (SELECT *, hold IS NOT NULL AND coalesce(step, -1) = 0 AS ended FROM entry) e
                WHERE NOT CASE kind
                    WHEN 1 THEN amount > 0 AND held = 0 AND hold IS NULL
                    WHEN 2 THEN amount <= 0 AND (
                        held < 0 AND ended
                        -- what was spent before this ledger has no hold in it
                        OR held = 0 AND hold IS NULL
                            AND posting IN (SELECT seq FROM journal WHERE stream = 'ledger:upgrade')
                    )
                    WHEN 3 THEN amount <> 0 AND held = 0 AND hold IS NULL
                    WHEN 4 THEN amount > 0 AND held = 0 AND hold IS NULL
                    WHEN 5 THEN amount < 0 AND held = 0 AND hold IS NULL
                    WHEN 6 THEN amount = 0 AND held > 0 AND hold IS NULL AND expires_at IS NOT NULL
                    WHEN 7 THEN amount = 0 AND held = 0 AND coalesce(step, 0) > 0 AND hold IS NOT NULL
                        AND expires_at IS NOT NULL
                    WHEN 8 THEN amount = 0 AND held < 0 AND ended
                    WHEN 9 THEN amount = 0 AND held < 0 AND ended
                    WHEN 10 THEN amount = 0 AND held = 0 AND hold IS NOT NULL AND step IS NULL
                    ELSE false
                END
                """
        ),
        Rule(
            name: "I3 cover",
            claim: "what is available falls below zero only by settlements beyond their holds",
            counted: "SELECT count(*) FROM entry",
            broken: """
                SELECT account || ' version ' || version || ' leaves ' || balance_after || ' of which ' || held_after
                    || ' are held'
                FROM entry WHERE held_after < 0 OR balance_after < held_after AND amount < held AND kind <> 2
                """
        ),
        Rule(
            name: "I8 first credit",
            claim: "every account begins with its first credit, given once",
            counted: "SELECT count(DISTINCT account) FROM entry",
            broken: """
                SELECT account::text FROM entry GROUP BY account
                HAVING count(*) FILTER (WHERE kind = 1) <> 1 OR count(*) FILTER (WHERE kind = 1 AND version = 1) <> 1
                """
        ),
    ]
}
