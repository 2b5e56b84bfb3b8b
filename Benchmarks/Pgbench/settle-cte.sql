WITH settled AS (
    INSERT INTO op (key, phase, account, kind, amount)
    SELECT key, 1, account, 2, :amount FROM op
    WHERE key = lpad(:key, 32, '0')::uuid AND phase = 0 AND amount >= :amount
    ON CONFLICT DO NOTHING
    RETURNING key, account
)
UPDATE acct SET balance = balance - :amount, held = held - placed.amount
FROM settled JOIN op placed ON placed.key = settled.key AND placed.phase = 0
WHERE acct.id = settled.account;
