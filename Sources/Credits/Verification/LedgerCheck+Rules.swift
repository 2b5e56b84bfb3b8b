extension LedgerCheck {
    /// Every rule but the one about the journal's chain; their numbers are those of the design.
    package static let rules = sums + accounts + holds + records

    /// What the journal's chain is checked for.
    static let chainRule = Rule(
        name: "I9 chain",
        claim: "the rows of the journal are as the chain of their hashes has sealed them",
        counted: "",
        broken: ""
    )

    /// About what everybody owns together.
    private static let sums = [
        Rule(
            name: "I1 sum",
            claim: "what all users own and what the house owns add up to nothing",
            counted: "SELECT count(*) FROM entry WHERE amount <> 0",
            broken: """
                SELECT 'users own ' || owned || ', the house owns ' || house FROM (
                    SELECT coalesce((SELECT sum(last.balance_after) FROM \(lastEntries)), 0) AS owned,
                        (SELECT sum(balance) FROM house_rollup) - coalesce((
                            SELECT sum(e.amount) FROM journal j JOIN entry e ON e.posting = j.seq AND e.amount <> 0
                            WHERE (j.xid, j.seq) > (\(cursor))
                        ), 0) AS house
                ) sums WHERE owned + house <> 0
                """
        ),
        Rule(
            name: "I1 roll-up",
            claim: "what is rolled up of each house account is what its movements up to the cursor come to",
            counted: "SELECT coalesce(sum(entries), 0)::bigint FROM house_rollup",
            broken: """
                SELECT 'house ' || house || ' has ' || coalesce(r.balance, 0) || ' of ' || coalesce(r.entries, 0)
                    || ' movements, the journal says ' || coalesce(replay.balance, 0) || ' of ' || coalesce(replay.entries, 0)
                FROM house_rollup r FULL JOIN (
                    SELECT ledger_house(e.kind) AS house, -sum(e.amount) AS balance, count(*) AS entries
                    FROM journal j JOIN entry e ON e.posting = j.seq AND e.amount <> 0
                    WHERE j.kind = 'credits.posted' AND (j.xid, j.seq) <= (\(cursor))
                    GROUP BY 1
                ) replay USING (house)
                WHERE coalesce(r.balance, 0) <> coalesce(replay.balance, 0)
                    OR coalesce(r.entries, 0) <> coalesce(replay.entries, 0)
                """
        ),
    ]

    /// About what stands in the journal and who asked for it.
    private static let records = [
        Rule(
            name: "I5 commands",
            claim: "no request has two effects, or an effect and a refusal",
            counted: "SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM refusal)",
            broken: """
                SELECT id || ' has ' || count(*) || ' entries' FROM entry GROUP BY id HAVING count(*) > 1
                UNION ALL
                SELECT id || ' was refused' FROM entry JOIN refusal USING (id, digest)
                """
        ),
        Rule(
            name: "I7 uses",
            claim: "every code counts its uses, and they are no more than it allows",
            counted: "SELECT count(*) FROM promo",
            broken: """
                SELECT code || ' says ' || uses || ' uses of ' || coalesce(max_uses::text, 'any number')
                    || ', there are ' || found
                FROM (SELECT *, (SELECT count(*) FROM promo_use WHERE promo = promo.id) AS found FROM promo) counted
                WHERE uses <> found OR uses > max_uses
                """
        ),
        Rule(
            name: "I7 entries",
            claim: "every promotion is one use of a code by its account on terms that allow it, and every use one",
            counted: "SELECT count(*) FROM entry WHERE kind = 4",
            broken: """
                SELECT 'entry ' || coalesce(e.id, u.entry) FROM (SELECT * FROM entry WHERE kind = 4) e
                FULL JOIN promo_use u ON u.entry = e.id
                LEFT JOIN promo p ON p.id = u.promo
                LEFT JOIN promo_terms t ON t.promo = u.promo AND t.version = u.terms
                WHERE e.id IS NULL OR u.entry IS NULL OR p.id IS NULL OR t.promo IS NULL
                    OR e.account <> u.account OR e.reason <> p.code OR e.amount <> t.credits OR NOT t.active
                    OR e.at >= t.expires_at
                UNION ALL
                SELECT account || ' has redeemed ' || promo || ' ' || count(*) || ' times' FROM promo_use
                GROUP BY account, promo HAVING count(*) > 1
                """
        ),
        Rule(
            name: "I9 streams",
            claim: "the journal numbers the rows of each stream without gaps",
            counted: "SELECT count(*) FROM journal",
            broken: """
                SELECT stream || ' has ' || count(*) || ' rows, numbered ' || min(stream_version) || ' to '
                    || max(stream_version)
                FROM journal GROUP BY stream HAVING min(stream_version) <> 1 OR max(stream_version) <> count(*)
                """
        ),
        Rule(
            name: "I9 I11 postings",
            claim: "every entry is in the journal as it was written, and nothing else is",
            counted: "SELECT count(*) FROM journal WHERE kind = 'credits.posted'",
            broken: """
                SELECT 'posting ' || coalesce(j.seq, e.posting) || CASE WHEN j.seq IS NULL THEN ' is not in the journal'
                    WHEN e.posting IS NULL THEN ' has no entries' ELSE ' is not what its entries say' END
                FROM (
                    SELECT posting, sha256(string_agg(ledger_bytes(entry), ''::bytea ORDER BY account, version)) AS hash,
                        min(at) AS earliest, max(at) AS latest
                    FROM entry GROUP BY posting
                ) e
                FULL JOIN (
                    SELECT seq, stream, at, payload, payload_sha256 FROM journal WHERE kind = 'credits.posted'
                ) j ON j.seq = e.posting
                WHERE j.payload IS DISTINCT FROM e.hash OR j.payload_sha256 IS DISTINCT FROM sha256(j.payload)
                    -- what was there before this ledger has kept its times
                    OR (e.earliest <> j.at OR e.latest <> j.at) AND j.stream <> 'ledger:upgrade'
                """
        ),
    ]

    /// The state of every account.
    static let lastEntries = """
        (SELECT account, max(version) AS version FROM entry GROUP BY account) newest JOIN entry last USING (account, version)
        """

    /// How far the house's roll-up has come.
    private static let cursor = """
        (SELECT xid FROM projection_cursor WHERE name = 'house'), (SELECT seq FROM projection_cursor WHERE name = 'house')
        """
}
