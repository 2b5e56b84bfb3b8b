extension LedgerCheck {
    /// Every rule; their numbers are those of the design.
    package static let rules = [
        Rule(
            name: "I1",
            claim: "what all accounts own is what the house has given less what it has taken",
            counted: "SELECT count(*) FROM entry WHERE amount <> 0",
            broken: """
                SELECT 'accounts own ' || owned || ', movements say ' || moved FROM (
                    SELECT coalesce((SELECT sum(balance_after) FROM \(lastEntries)), 0) AS owned,
                        coalesce((SELECT sum(amount) FROM entry), 0) AS moved
                ) sums WHERE owned <> moved
                """
        ),
        Rule(
            name: "I2 I9",
            claim: "every entry follows from the one before it, without gaps",
            counted: "SELECT count(*) FROM entry",
            broken: """
                SELECT account || ' version ' || version FROM (
                    SELECT account, version, amount, held, balance_after, held_after,
                        lag(version, 1, 0) OVER w AS version_before, lag(balance_after, 1, 0) OVER w AS balance_before,
                        lag(held_after, 1, 0) OVER w AS held_before
                    FROM entry WINDOW w AS (PARTITION BY account ORDER BY version)
                ) step
                WHERE version <> version_before + 1 OR balance_after <> balance_before + amount
                    OR held_after <> held_before + held
                """
        ),
        Rule(
            name: "I3",
            claim: "what an account holds is the sum of its open holds",
            counted: "SELECT count(DISTINCT account) FROM entry",
            broken: """
                SELECT account || ' holds ' || held_after || ', its open holds are ' || open FROM (
                    SELECT last.account, held_after, coalesce(sum(h.held), 0) AS open
                    FROM \(lastEntries) LEFT JOIN (
                        SELECT account, held FROM entry p WHERE kind = 6
                            AND NOT EXISTS (SELECT FROM entry e WHERE e.hold = p.id AND e.step = 0)
                    ) h ON h.account = last.account
                    GROUP BY last.account, held_after
                ) sums WHERE held_after <> open
                """
        ),
        Rule(
            name: "I3",
            claim: "no account is below zero but by settlements beyond their holds",
            counted: "SELECT count(DISTINCT account) FROM entry",
            broken: """
                SELECT account || ' has ' || balance_after || ' and holds ' || held_after
                FROM \(lastEntries)
                WHERE balance_after < held_after AND held_after - balance_after > (
                    SELECT coalesce(sum(-e.amount - h.held), 0) FROM entry e JOIN entry h ON h.id = e.hold
                    WHERE e.account = last.account AND e.kind = 2 AND -e.amount > h.held
                )
                """
        ),
        Rule(
            name: "I4",
            claim: "every hold ends at most once, in time, and returns what is not spent",
            counted: "SELECT count(*) FROM entry WHERE kind = 6",
            broken: """
                SELECT 'hold ' || h.id FROM entry h
                LEFT JOIN LATERAL (
                    SELECT expires_at FROM entry WHERE hold = h.id AND step > 0 ORDER BY step DESC LIMIT 1
                ) x ON true
                JOIN entry e ON e.hold = h.id AND e.step = 0
                WHERE h.kind = 6 AND (
                    e.account <> h.account OR e.held <> -h.held OR e.version <= h.version OR e.kind NOT IN (2, 8, 9)
                    OR e.kind <> 2 AND e.amount <> 0
                    OR (e.kind = 9) <> (e.at >= coalesce(x.expires_at, h.expires_at))
                )
                UNION ALL
                SELECT 'hold ' || hold || ' has ' || count(*) || ' ends' FROM entry WHERE step = 0
                GROUP BY hold HAVING count(*) > 1
                UNION ALL
                SELECT 'entry ' || id || ' ends what is no hold' FROM entry e WHERE hold IS NOT NULL
                    AND NOT EXISTS (SELECT FROM entry h WHERE h.id = e.hold AND h.kind = 6)
                """
        ),
        Rule(
            name: "I5",
            claim: "no command has two effects, or an effect and a refusal",
            counted: "SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM refusal)",
            broken: """
                SELECT id::text FROM entry GROUP BY id HAVING count(*) > 1
                UNION ALL
                SELECT id || ' was refused' FROM entry JOIN refusal USING (id)
                """
        ),
        Rule(
            name: "I8",
            claim: "every account begins with its first credit, given once",
            counted: "SELECT count(DISTINCT account) FROM entry",
            broken: """
                SELECT account::text FROM entry GROUP BY account
                HAVING count(*) FILTER (WHERE kind = 1) <> 1 OR count(*) FILTER (WHERE kind = 1 AND version = 1) <> 1
                """
        ),
        Rule(
            name: "I9",
            claim: "the journal numbers the postings of each stream without gaps",
            counted: "SELECT count(*) FROM journal WHERE kind = 'credits.posted'",
            broken: """
                SELECT stream FROM journal WHERE kind = 'credits.posted' GROUP BY stream
                HAVING min(stream_version) <> 1 OR max(stream_version) <> count(*)
                """
        ),
        Rule(
            name: "I9 I11",
            claim: "every entry is in the journal, as it was written",
            counted: "SELECT count(*) FROM journal WHERE kind = 'credits.posted'",
            broken: """
                SELECT 'posting ' || coalesce(j.seq, e.posting) FROM (
                    SELECT posting, sha256(string_agg(ledger_bytes(entry), ''::bytea ORDER BY account, version)) AS hash
                    FROM entry GROUP BY posting
                ) e
                FULL JOIN (SELECT seq, payload, payload_sha256 FROM journal WHERE kind = 'credits.posted') j ON j.seq = e.posting
                WHERE j.payload IS DISTINCT FROM e.hash OR j.payload_sha256 IS DISTINCT FROM sha256(j.payload)
                """
        ),
    ]

    /// The state of every account.
    private static let lastEntries = "(SELECT DISTINCT ON (account) * FROM entry ORDER BY account, version DESC) last"
}
