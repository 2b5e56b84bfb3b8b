-- The ordinary ledger that ours is compared with, slim and strong: one row for each account and one for each change of it.
CREATE TABLE acct (
    id uuid PRIMARY KEY,
    balance bigint NOT NULL,
    held bigint NOT NULL DEFAULT 0,
    CHECK (held >= 0 AND held <= balance)
) WITH (fillfactor = 50);

-- Phase 0 placed the hold `key`, phase 1 settled it.
CREATE TABLE op (
    key uuid,
    phase smallint,
    account uuid NOT NULL,
    kind smallint NOT NULL,
    amount bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (key, phase)
);

-- 0 placed, 1 refused, 2 a repeat
CREATE FUNCTION hold(k uuid, a uuid, n bigint) RETURNS smallint LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO op (key, phase, account, kind, amount) VALUES (k, 0, a, 1, n) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN 2; END IF;
    UPDATE acct SET held = held + n WHERE id = a AND balance - held >= n;
    IF NOT FOUND THEN
        DELETE FROM op WHERE key = k AND phase = 0;
        RETURN 1;
    END IF;
    RETURN 0;
END $$;

-- 0 settled, 1 no such hold or one of less, 2 a repeat
CREATE FUNCTION settle(k uuid, n bigint) RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE
    a uuid;
    reserved bigint;
BEGIN
    SELECT account, amount INTO a, reserved FROM op WHERE key = k AND phase = 0 AND amount >= n;
    IF NOT FOUND THEN RETURN 1; END IF;
    INSERT INTO op (key, phase, account, kind, amount) VALUES (k, 1, a, 2, n) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN 2; END IF;
    UPDATE acct SET balance = balance - n, held = held - reserved WHERE id = a;
    RETURN 0;
END $$;

INSERT INTO acct (id, balance) SELECT lpad(n::text, 32, '0')::uuid, 1000000000000 FROM generate_series(1, :accounts) n;
