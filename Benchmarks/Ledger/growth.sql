-- How the ledger grows: fills a migrated, empty database step by step and measures at each step. docs/ledger-growth.md says how
-- to run it and what came out.
--
-- The rows are like real ones in all that size and speed depend on: accounts have identifiers that ascend with time, entries
-- have random ones, balances and versions follow from each other, a tenth of the accounts have a hold and its settlement.
-- Two things are left out: postings have a random hash, and those of the first credit come a thousand to a posting.
\set ON_ERROR_STOP on
\pset footer off
set client_min_messages = warning;
set statement_timeout = 0;
set jit = off;
create extension if not exists pageinspect;
create schema growth;

create table growth.figure (accounts bigint, what text, value numeric, unit text);

-- The identifier of account number n: a millisecond each, then what looks random.
create function growth.account(n bigint) returns uuid language sql immutable parallel safe as $$
    select (lpad(to_hex(1767225600000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3) || 'a'
        || substr(md5(n::text), 4, 15))::uuid
$$;

create function growth.note(what text, value numeric, unit text) returns void language sql as $$
    insert into growth.figure
    select coalesce((select max(accounts) from growth.figure where growth.figure.what = 'accounts'), 0), $1, $2, $3
$$;

-- A posting's row in the journal; its number.
create function growth.posting() returns bigint language sql as $$
    insert into journal (stream, stream_version, kind, payload, payload_sha256)
    select 'ledger:0', coalesce(max(stream_version), 0) + 1, 'credits.posted', sha256(uuid_send(gen_random_uuid())),
        sha256(uuid_send(gen_random_uuid()))
    from (select stream_version from journal where stream = 'ledger:0' order by stream_version desc limit 1) last
    returning seq
$$;

-- Opens accounts until there are so many.
create procedure growth.open(target bigint) language plpgsql as $$
declare
    first bigint := coalesce((select max(value) from growth.figure where what = 'accounts'), 0) + 1;
    n bigint := first;
    began timestamptz := clock_timestamp();
    posted bigint;
    moment timestamptz;
begin
    while n <= target loop
        posted := growth.posting();
        -- Two years pass while ten million accounts are opened.
        moment := '2025-01-01 00:00:00+00'::timestamptz + n * interval '6.3 seconds';
        insert into entry (account, version, id, posting, amount, held, balance_after, held_after, at, expires_at, kind, step,
            hold, actor, digest, service, model)
        select a.id, e.version, case e.version when 2 then a.hold else gen_random_uuid() end, posted, e.amount, e.held,
            e.balance, e.held_after, moment, case when e.kind <> 1 then moment + interval '10 minutes' end, e.kind, e.step,
            case e.version when 3 then a.hold end, case when e.kind <> 1 then a.id end, null,
            case when e.kind <> 1 then 'chat' end, case when e.kind <> 1 then 'gpt-4o-mini' end
        from (
            select i, growth.account(i) as id, gen_random_uuid() as hold from generate_series(n, least(n + 999, target)) i
        ) a
        join (values
            (1, 1, 1000000, 0, 1000000, 0, null), (2, 6, 0, 2000, 1000000, 2000, null), (3, 2, -51, -2000, 999949, 0, 0)
        ) e (version, kind, amount, held, balance, held_after, step) on e.version = 1 or a.i % 10 = 0
        order by a.id, e.version;
        n := n + 1000;
        commit;
    end loop;
    insert into growth.figure values (target, 'accounts', target, '');
    perform growth.note('bulk insertion', (extract(epoch from clock_timestamp() - began) * 1000000
        / greatest(1, target - first + 1) / 1.2)::numeric, 'µs per entry');
end $$;

-- One account with a hundred thousand movements.
create procedure growth.busy_account() language plpgsql as $$
declare
    posted bigint := growth.posting();
begin
    insert into entry (account, version, id, posting, amount, held, balance_after, held_after, at, kind, service)
    select growth.account(0), n, gen_random_uuid(), posted, case n when 1 then 1000000 else -1 end, 0, 1000001 - n, 0,
        '2025-01-01 00:00:00+00'::timestamptz + n * interval '5 minutes', case n when 1 then 1 else 5 end, 'video'
    from generate_series(1, 100000) n;
end $$;

-- The work of a busy ledger: postings of a thousand entries on accounts picked at random, whose states are read first.
create procedure growth.work(postings int) language plpgsql as $$
declare
    accounts bigint := (select max(value) from growth.figure where what = 'accounts');
    times double precision[];
    reads double precision[];
    began timestamptz;
    posted bigint;
begin
    for i in 1..postings loop
        create temporary table if not exists state (account uuid, version bigint, balance bigint, held bigint);
        truncate state;
        began := clock_timestamp();
        insert into state
        select account, version, balance_after, held_after
        from (select distinct growth.account(1 + (random() * (accounts - 1))::bigint) as id from generate_series(1, 500)) wanted
        cross join lateral (select * from entry where account = wanted.id order by version desc limit 1) last;
        reads := reads || extract(epoch from clock_timestamp() - began) * 1000;
        began := clock_timestamp();
        posted := growth.posting();
        insert into entry (account, version, id, posting, amount, held, balance_after, held_after, at, expires_at, kind, step,
            hold, actor, service, model)
        select account, s.version + e.step, case e.step when 1 then hold else gen_random_uuid() end, posted, e.amount,
            e.held, s.balance + e.amount, s.held + case e.step when 1 then 2000 else 0 end, now(),
            now() + interval '10 minutes', e.kind, case e.step when 2 then 0 end, case e.step when 2 then hold end, account,
            'chat', 'gpt-4o-mini'
        from (select *, gen_random_uuid() as hold from state) s
        cross join (values (1, 6, 0, 2000), (2, 2, -51, -2000)) e (step, kind, amount, held)
        order by account, e.step;
        commit;
        times := times || extract(epoch from clock_timestamp() - began) * 1000;
    end loop;
    perform growth.note('500 states read, median', percentile_cont(0.5) within group (order by t)::numeric, 'ms')
        from unnest(reads) t;
    perform growth.note('posting of 1,000 entries, median', percentile_cont(0.5) within group (order by t)::numeric, 'ms')
        from unnest(times) t;
    perform growth.note('posting of 1,000 entries, 95th', percentile_cont(0.95) within group (order by t)::numeric, 'ms')
        from unnest(times) t;
end $$;

-- Times a query of one account, for accounts picked at random. `page` is how many rows at most.
create procedure growth.time(what text, query text, runs int) language plpgsql as $$
declare
    accounts bigint := (select max(value) from growth.figure where growth.figure.what = 'accounts');
    times double precision[];
    began timestamptz;
    id uuid;
begin
    for i in 1..runs loop
        id := growth.account(1 + (random() * (accounts - 1))::bigint);
        began := clock_timestamp();
        execute query using id;
        times := times || extract(epoch from clock_timestamp() - began) * 1000;
    end loop;
    perform growth.note(what || ', median', percentile_cont(0.5) within group (order by t)::numeric, 'ms')
        from unnest(times) t;
    perform growth.note(what || ', 99th', percentile_cont(0.99) within group (order by t)::numeric, 'ms')
        from unnest(times) t;
end $$;

-- The read models, as the projection would have left them.
create procedure growth.report() language plpgsql as $$
begin
    truncate report_day, report_total, report_account;
    insert into report_day
    select (at at time zone 'UTC')::date, account, coalesce(service, ''), coalesce(model, ''), kind, count(*),
        coalesce(sum(amount) filter (where amount > 0), 0), -coalesce(sum(amount) filter (where amount < 0), 0)
    from entry where amount <> 0 group by 1, 2, 3, 4, 5 order by 1, 2;
    insert into report_total
    select day, service, model, kind, sum(movements), sum(amount_in), sum(amount_out) from report_day group by 1, 2, 3, 4;
    insert into report_account
    select account, service, model, kind, sum(movements), sum(amount_in), sum(amount_out) from report_day
    group by 1, 2, 3, 4 order by 1;
    commit;
    update report_progress set as_of = now();
end $$;

-- What everything weighs, and how deep the indexes are.
create procedure growth.weigh() language plpgsql as $$
begin
    perform growth.note('entries', (select count(*) from entry), '');
    perform growth.note('size of ' || relname, pg_relation_size(oid) / 1048576.0, 'MiB') from pg_class
    where oid in ('entry'::regclass, 'journal'::regclass, 'report_day'::regclass, 'report_account'::regclass)
        or oid in (select indexrelid from pg_index where indrelid in (
            'entry'::regclass, 'journal'::regclass, 'report_day'::regclass, 'report_account'::regclass));
    perform growth.note('levels of ' || relname, (select level + 1 from bt_metap(relname::text)), '') from pg_class
    where oid in (select indexrelid from pg_index where indrelid in (
        'entry'::regclass, 'report_day'::regclass, 'report_account'::regclass));
end $$;

create procedure growth.step(target bigint) language plpgsql as $$
begin
    call growth.open(target);
    call growth.report();
    call growth.work(40);
end $$;

\set state 'select balance_after, held_after from entry where account = $1 order by version desc limit 1'
\set history 'select * from entry where account = $1 and version < 9223372036854775807 and amount <> 0 order by version desc limit 51'
\set busy 'select * from entry where account = growth.account(0) and $1 is not null and version < 50000 and amount <> 0 order by version desc limit 51'
\set days 'select day, sum(movements), sum(amount_in), sum(amount_out) from report_total where $1 is not null group by day order by day limit 51'
\set users 'select account, sum(movements), sum(amount_in), sum(amount_out) from report_account where $1 is not null group by account order by account limit 51'
\set both 'select day, account, sum(movements), sum(amount_in), sum(amount_out) from report_day where $1 is not null group by day, account order by day, account limit 51'
\set march 'select account, sum(movements), sum(amount_in), sum(amount_out) from report_day where $1 is not null and day between date ''2025-03-01'' and date ''2025-03-31'' group by account order by account limit 51'

\timing on

\echo == 10000 accounts
call growth.busy_account();
call growth.step(10000);
vacuum (freeze, analyze) entry, journal, report_day, report_total, report_account;
checkpoint;
call growth.weigh();
call growth.time('state of an account', :'state', 2000);
call growth.time('page of history', :'history', 2000);
call growth.time('page of a long history', :'busy', 500);
call growth.time('report by day', :'days', 50);
call growth.time('report by user', :'users', 50);
call growth.time('report by day and user', :'both', 50);
call growth.time('report of a month by user', :'march', 20);

\echo == 1000000 accounts
call growth.step(1000000);
vacuum (freeze, analyze) entry, journal, report_day, report_total, report_account;
checkpoint;
call growth.weigh();
call growth.time('state of an account', :'state', 2000);
call growth.time('page of history', :'history', 2000);
call growth.time('page of a long history', :'busy', 500);
call growth.time('report by day', :'days', 50);
call growth.time('report by user', :'users', 50);
call growth.time('report by day and user', :'both', 50);
call growth.time('report of a month by user', :'march', 20);

\echo == 10000000 accounts
call growth.step(10000000);
vacuum (freeze, analyze) entry, journal, report_day, report_total, report_account;
checkpoint;
call growth.weigh();
call growth.time('state of an account', :'state', 2000);
call growth.time('page of history', :'history', 2000);
call growth.time('page of a long history', :'busy', 500);
call growth.time('report by day', :'days', 50);
call growth.time('report by user', :'users', 50);
call growth.time('report by day and user', :'both', 50);
call growth.time('report of a month by user', :'march', 20);

\timing off
\echo == Figures
select what, unit, max(round(value, 3)) filter (where accounts = 10000) as "10,000",
    max(round(value, 3)) filter (where accounts = 1000000) as "1,000,000",
    max(round(value, 3)) filter (where accounts = 10000000) as "10,000,000"
from growth.figure group by what, unit order by what;
