create table account (
    id uuid primary key,
    owner uuid,
    -- 1 a user's, 2 the house's
    kind smallint not null check (kind in (1, 2)),
    -- micro-credits
    balance bigint not null default 0,
    held bigint not null default 0,
    -- counts the changes of this account; the version of its journal stream
    version bigint not null default 0,
    check ((kind = 1) = (owner is not null)),
    check (kind <> 1 or (held >= 0 and held <= balance)),
    -- the house's balance is the sum of its movements and is never stored
    check (kind <> 2 or (balance = 0 and held = 0))
) with (fillfactor = 70);
create unique index account_owner on account (owner) where kind = 1;

insert into account (id, kind) values
    ('00000000-0000-0000-0000-000000000001', 2),
    ('00000000-0000-0000-0000-000000000002', 2),
    ('00000000-0000-0000-0000-000000000003', 2);

create table hold (
    id uuid primary key,
    account uuid not null references account,
    amount bigint not null check (amount > 0),
    service text not null,
    -- 0 open, 1 settled, 2 released, 3 expired
    state smallint not null default 0 check (state between 0 and 3),
    settled bigint not null default 0 check (settled between 0 and amount),
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    check ((state = 0) = (ended_at is null)),
    check (state = 1 or settled = 0)
);
create index hold_overdue on hold (expires_at) where state = 0;
create index hold_open on hold (account) where state = 0;

-- One row per movement, from `debit` to `credit`, so both sides are equal by construction. Never changed.
create table transfer (
    id uuid primary key,
    debit uuid not null references account,
    credit uuid not null references account,
    amount bigint not null check (amount > 0),
    -- 1 initial, 2 usage, 3 adjustment
    kind smallint not null check (kind between 1 and 3),
    hold_id uuid unique references hold,
    memo text not null,
    -- the user's balance right after it
    balance_after bigint not null,
    journal_seq bigint not null unique references journal (seq),
    xid xid8 not null default pg_current_xact_id(),
    at timestamptz not null default clock_timestamp(),
    check (debit <> credit),
    check ((kind = 2) = (hold_id is not null))
);
create index transfer_debit on transfer (debit, journal_seq);
create index transfer_credit on transfer (credit, journal_seq);
-- the first credit is given once, whatever is repeated
create unique index transfer_initial on transfer (credit) where kind = 1;
