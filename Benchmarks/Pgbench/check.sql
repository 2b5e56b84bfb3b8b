-- The accounts that are not the sum of their changes; none when the ledger is sound.
SELECT acct.id, acct.balance, acct.held
FROM acct
LEFT JOIN (
    SELECT
        placed.account,
        sum(placed.amount) FILTER (WHERE settled.key IS NULL) AS held,
        sum(settled.amount) AS spent
    FROM op placed LEFT JOIN op settled ON settled.key = placed.key AND settled.phase = 1
    WHERE placed.phase = 0
    GROUP BY placed.account
) total ON total.account = acct.id
WHERE acct.held <> coalesce(total.held, 0) OR acct.balance <> 1000000000000 - coalesce(total.spent, 0);
