WITH debit AS (
    UPDATE acct SET held = held + :amount
    WHERE id = lpad(:account, 32, '0')::uuid AND balance - held >= :amount
        AND NOT EXISTS (SELECT FROM op WHERE key = lpad(:key, 32, '0')::uuid AND phase = 0)
    RETURNING id
)
INSERT INTO op (key, phase, account, kind, amount)
SELECT lpad(:key, 32, '0')::uuid, 0, id, 1, :amount FROM debit;
