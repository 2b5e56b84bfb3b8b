extension LedgerCheck {
    /// About holds.
    static let holds = [
        Rule(
            name: "I3 holds",
            claim: "what an account holds is the sum of its open holds",
            counted: "SELECT count(DISTINCT account) FROM entry",
            broken: """
                SELECT account || ' holds ' || last.held_after || ', its open holds are ' || coalesce(open.held, 0)
                FROM \(lastEntries) LEFT JOIN (
                    SELECT account, sum(h.held) AS held FROM \(openHolds) GROUP BY account
                ) open USING (account)
                WHERE last.held_after <> coalesce(open.held, 0)
                """
        ),
        Rule(
            name: "I3 sweep",
            claim: "every open hold is on the sweeper's list for the time when it runs out",
            counted: "SELECT count(*) FROM \(openHolds)",
            broken: """
                SELECT 'hold ' || h.id FROM \(openHolds) LEFT JOIN \(extensions) ON x.hold = h.id
                WHERE NOT EXISTS (
                    SELECT FROM (SELECT due, unnest(holds) AS hold FROM hold_due) d
                    WHERE d.hold = h.id AND d.due = coalesce(x.expires_at, h.expires_at)
                )
                """
        ),
        Rule(
            name: "I4 ends",
            claim: "every hold ends at most once, in time, and returns what is not spent",
            counted: "SELECT count(*) FROM entry WHERE kind = 6",
            broken: """
                SELECT 'hold ' || h.id || ' ends as it may not' FROM entry h
                JOIN entry e ON e.hold = h.id AND e.step = 0
                LEFT JOIN \(extensions) ON x.hold = h.id
                WHERE h.kind = 6 AND (
                    e.account <> h.account OR e.held <> -h.held OR e.version <= h.version OR e.kind NOT IN (2, 8, 9)
                    OR e.kind <> 2 AND e.amount <> 0
                    OR (e.kind = 9) <> (e.at >= coalesce(x.expires_at, h.expires_at))
                    OR e.expires_at IS DISTINCT FROM coalesce(x.expires_at, h.expires_at)
                )
                UNION ALL
                SELECT 'hold ' || hold || ' has ' || count(*) || ' ends' FROM entry WHERE step = 0
                GROUP BY hold HAVING count(*) > 1
                UNION ALL
                SELECT 'entry ' || e.id || ' speaks of what is no hold' FROM entry e
                LEFT JOIN entry h ON h.id = e.hold AND h.kind = 6
                WHERE e.hold IS NOT NULL AND h.id IS NULL
                """
        ),
        Rule(
            name: "I4 extensions",
            claim: "holds are extended while they are open, and the extensions are numbered",
            counted: "SELECT count(*) FROM entry WHERE kind = 7",
            broken: """
                SELECT 'hold ' || x.hold || ' extension ' || x.step FROM (
                    SELECT hold, step, kind, account, version, at, lag(step, 1, 0::smallint) OVER w AS step_before,
                        lag(expires_at) OVER w AS expired_before
                    FROM entry WHERE step > 0 WINDOW w AS (PARTITION BY hold ORDER BY step)
                ) x
                JOIN entry h ON h.id = x.hold AND h.kind = 6
                LEFT JOIN entry e ON e.hold = x.hold AND e.step = 0
                WHERE x.kind <> 7 OR x.account <> h.account OR x.step <> x.step_before + 1 OR x.version <= h.version
                    OR x.version >= e.version OR x.at >= coalesce(x.expired_before, h.expires_at)
                """
        ),
        Rule(
            name: "I4 late",
            claim: "a settlement was refused as too late only when its hold had run out",
            counted: "SELECT count(*) FROM entry WHERE kind = 10",
            broken: """
                SELECT 'entry ' || late.id FROM entry late
                LEFT JOIN entry e ON e.hold = late.hold AND e.step = 0 AND e.kind = 9
                WHERE late.kind = 10 AND (e.id IS NULL OR e.account <> late.account OR e.version >= late.version)
                """
        ),
    ]

    /// Holds without an end.
    private static let openHolds = """
        (SELECT * FROM entry p WHERE kind = 6 AND NOT EXISTS (SELECT FROM entry e WHERE e.hold = p.id AND e.step = 0)) h
        """

    /// The last extension of each hold that has one.
    private static let extensions = """
        (SELECT DISTINCT ON (hold) hold, expires_at FROM entry WHERE step > 0 ORDER BY hold, step DESC) x
        """
}
