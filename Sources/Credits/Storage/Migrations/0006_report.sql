-- Read models of the report: what moved, added up. They follow the journal and can be dropped and built anew at any time.
-- Amounts are numeric, since sums over accounts can be larger than any account.

-- By day and account: for groups and filters by both.
create table report_day (
    -- in UTC
    day date not null,
    account uuid not null,
    -- empty for movements without one
    service text collate "C" not null,
    model text collate "C" not null,
    kind smallint not null,
    movements bigint not null,
    -- micro-credits that accounts gained, and lost; both 0 or more
    amount_in numeric not null,
    amount_out numeric not null,
    primary key (day, account, service, model, kind)
) with (fillfactor = 90);
-- one user's days; and all users, one after the other, within some days
create index report_day_account on report_day (account, day);

-- The same for all accounts together: a few rows a day.
create table report_total (
    day date not null,
    service text collate "C" not null,
    model text collate "C" not null,
    kind smallint not null,
    movements bigint not null,
    amount_in numeric not null,
    amount_out numeric not null,
    primary key (day, service, model, kind)
) with (fillfactor = 50);

-- The same for all days together: a few rows for each account.
create table report_account (
    account uuid not null,
    service text collate "C" not null,
    model text collate "C" not null,
    kind smallint not null,
    movements bigint not null,
    amount_in numeric not null,
    amount_out numeric not null,
    primary key (account, service, model, kind)
) with (fillfactor = 70);

-- How far each reader of the journal has come: everything up to and including this row. Only rows whose transactions are
-- older than every open one are read, so none can appear below it later.
create table if not exists projection_cursor (
    name text primary key,
    xid xid8 not null,
    seq bigint not null
);
insert into projection_cursor (name, xid, seq) values ('report', '0', 0) on conflict do nothing;

-- Up to when the read models are complete. `next_as_of` is next, once all transactions below `next_xid` have ended and are
-- read: whatever was committed before that moment is one of them.
create table report_progress (
    only_row boolean primary key default true check (only_row),
    as_of timestamptz,
    next_as_of timestamptz not null default now(),
    next_xid xid8 not null default pg_snapshot_xmax(pg_current_snapshot())
);
insert into report_progress default values;
