-- The ledger becomes one append-only table: an account's state is its last entry, a hold is the entry that placed it and
-- the one that ended it, and no command updates a row.

alter table journal alter stream type text collate "C";

-- The clock that decides over holds; tests replace it.
create function ledger_clock() returns timestamptz language sql volatile as 'select clock_timestamp()';

-- Every change of an account, numbered without gaps. No foreign keys: entries are never deleted, each writer knows the
-- account's last entry, and a check of each row would cost as much as the row.
create table entry (
    account uuid not null,
    version bigint not null check (version > 0),
    -- made from who asked for what with which request id, so a repeat meets the first; of a placed hold also its id
    id uuid not null,
    -- written together; journal.seq of the row that covers them all by hash
    posting bigint not null,
    -- micro-credits that the account gains and the house account of the kind loses
    amount bigint not null check (amount = 0 or kind <= 5),
    -- micro-credits by which what is held grows
    held bigint not null,
    balance_after bigint not null,
    held_after bigint not null check (held_after >= 0),
    at timestamptz not null,
    -- of holds
    expires_at timestamptz,
    -- 1 initial, 2 usage (a settled hold), 3 adjustment, 4 promotion, 5 deduction, 6 hold placed, 7 hold extended,
    -- 8 hold released, 9 hold expired, 10 late settlement refused
    kind smallint not null check (kind between 1 and 10),
    -- 0 ends the hold, 1 and above extend it
    step smallint check (step is null or hold is not null),
    -- the hold that it extends or ends
    hold uuid,
    -- who asked; null for the hub itself
    actor uuid,
    -- the first half of the request's SHA-256; null for commands of the hub itself
    digest uuid,
    -- null stands for an empty text
    service text,
    model text,
    reason text,
    -- what takes away needs enough available; only a settlement beyond its hold may go below
    constraint entry_covered check (
        held_after <= balance_after or kind not in (3, 5, 6) or (kind = 3 and amount > 0)
    ),
    primary key (account, version)
);
create unique index entry_id on entry (id);
-- a hold ends once
create unique index entry_step on entry (hold, step) where step is not null;
-- the first credit is given once
create unique index entry_initial on entry (account) where kind = 1;
-- movements in the order of the journal, for roll-ups
create index entry_movement on entry (posting) where amount <> 0;

-- Refusals are final: a repeat of the command gets the same one.
create table refusal (
    id uuid primary key,
    digest uuid not null,
    -- google.rpc.Status
    status bytea not null,
    at timestamptz not null default clock_timestamp()
);

-- What the sweeper has to look at, and when: the holds that one posting has placed or extended for the same time.
create table hold_due (
    due timestamptz not null,
    posting bigint not null,
    accounts uuid[] not null,
    holds uuid[] not null,
    primary key (due, posting)
);

-- How many lanes the ledger is written in; each account belongs to one. To change it, stop every daemon first.
create table ledger_setting (
    only_row boolean primary key default true check (only_row),
    lanes smallint not null check (lanes between 1 and 64)
);
insert into ledger_setting (lanes) values (2);

-- Stable as what they call: then Postgres takes them into the statement instead of running each as one of its own.
create function ledger_micros(t timestamptz) returns bigint language sql stable as
    'select (extract(epoch from t) * 1000000)::bigint';

create function ledger_time(micros bigint) returns timestamptz language sql stable as $$
    select '1970-01-01 00:00:00+00'::timestamptz + micros * interval '1 microsecond'
$$;

-- The bytes of an entry that its posting's hash covers; with the posting's time they determine the row.
create function ledger_bytes(e entry) returns bytea language sql immutable as $$
    select uuid_send(e.account) || int8send(e.version) || uuid_send(e.id)
        || int8send(e.amount) || int8send(e.held) || int8send(e.balance_after) || int8send(e.held_after)
        || int2send(e.kind) || int2send(coalesce(e.step, -1::int2))
        || int8send(coalesce(ledger_micros(e.expires_at)
            - case when e.kind in (6, 7) then ledger_micros(e.at) else 0 end, 0))
        || uuid_send(coalesce(e.hold, '00000000-0000-0000-0000-000000000000'))
        || uuid_send(coalesce(e.actor, '00000000-0000-0000-0000-000000000000'))
        || uuid_send(coalesce(e.digest, '00000000-0000-0000-0000-000000000000'))
        || int4send(octet_length(coalesce(e.service, ''))) || convert_to(coalesce(e.service, ''), 'UTF8')
        || int4send(octet_length(coalesce(e.model, ''))) || convert_to(coalesce(e.model, ''), 'UTF8')
        || int4send(octet_length(coalesce(e.reason, ''))) || convert_to(coalesce(e.reason, ''), 'UTF8')
$$;

-- Writes entries as the next posting of a stream, and what else belongs to the same commands. `posted` is null and nothing
-- is written when the stream has moved on, or when the time is not what the decisions assumed.
create function ledger_append(
    -- the stream, the number of its last posting, and the SHA-256 of the entries' bytes in the order given
    stream text, head bigint, hash bytea,
    -- the entries, ascending by account and version; `untils` are the expiries of holds that end, `lifetimes` the seconds of
    -- those that begin
    ids uuid[], accounts uuid[], versions bigint[], kinds smallint[], amounts bigint[], helds bigint[],
    balances bigint[], held_afters bigint[], holds uuid[], steps smallint[], actors uuid[], digests uuid[],
    services text[], models text[], reasons text[], untils bigint[], lifetimes bigint[],
    -- commands that are refused; those without a digest are not kept
    refusal_ids uuid[], refusal_digests uuid[], refusal_statuses bytea[],
    -- microseconds since 1970; the decisions hold from the one until just before the other
    not_before bigint, before bigint,
    out now bigint, out posted bigint
) language plpgsql
-- The plans do not depend on how many entries there are, and to make them anew for each posting takes as long as it.
set plan_cache_mode = force_generic_plan
as $$
declare
    moment timestamptz := ledger_clock();
begin
    now := ledger_micros(moment);
    if now < not_before or now >= before then return; end if;
    -- A command that was refused is never carried out, one that was carried out never refused.
    if exists (select from refusal where id = any (ids || refusal_ids))
        or cardinality(refusal_ids) > 0 and exists (select from entry where id = any (refusal_ids)) then
        raise exception 'a command has its answer already' using errcode = 'unique_violation';
    end if;
    if cardinality(ids) > 0 then
        -- Waits for a posting of the same number that is under way; once the number is ours, nobody else writes these accounts.
        insert into journal (at, stream, stream_version, kind, payload, payload_sha256)
        values (moment, ledger_append.stream, head + 1, 'credits.posted', hash, sha256(hash))
        on conflict do nothing returning seq into posted;
        if posted is null then return; end if;
        if ledger_micros(ledger_clock()) >= before then
            raise exception 'a hold ran out meanwhile' using errcode = 'LG001';
        end if;
        insert into entry
        select e.account, e.version, e.id, posted, e.amount, e.held, e.balance, e.held_after, moment,
            coalesce(ledger_time(e.until), moment + e.lifetime * interval '1 second'), e.kind, e.step, e.hold, e.actor,
            e.digest, e.service, e.model, e.reason
        from unnest(
            ids, accounts, versions, kinds, amounts, helds, balances, held_afters, holds, steps, actors, digests, services,
            models, reasons, untils, lifetimes
        ) e (
            id, account, version, kind, amount, held, balance, held_after, hold, step, actor, digest, service, model,
            reason, until, lifetime
        );
        insert into hold_due (due, posting, accounts, holds)
        select moment + e.lifetime * interval '1 second', posted, array_agg(e.account), array_agg(coalesce(e.hold, e.id))
        from unnest(ids, accounts, holds, lifetimes) e (id, account, hold, lifetime)
        where e.lifetime is not null group by e.lifetime;
    elsif exists (select from journal j where j.stream = ledger_append.stream and j.stream_version = head + 1) then
        return;
    else
        posted := 0;
    end if;
    if cardinality(refusal_ids) > 0 then
        insert into refusal (id, digest, status)
        select * from unnest(refusal_ids, refusal_digests, refusal_statuses) r (id, digest, status)
        where r.digest is not null;
    end if;
end $$;

-- The same for a lane of the ledger, and commits: a daemon that stalls afterwards holds no lock. Whoever must write several
-- lanes at once takes the lanes' locks alone.
create procedure ledger_post(
    lane smallint, head bigint, hash bytea,
    ids uuid[], accounts uuid[], versions bigint[], kinds smallint[], amounts bigint[], helds bigint[],
    balances bigint[], held_afters bigint[], holds uuid[], steps smallint[], actors uuid[], digests uuid[],
    services text[], models text[], reasons text[], untils bigint[], lifetimes bigint[],
    refusal_ids uuid[], refusal_digests uuid[], refusal_statuses bytea[],
    not_before bigint, before bigint,
    inout now bigint, inout posted bigint
) language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(1817403237, lane);
    select a.now, a.posted into now, posted from ledger_append(
        'ledger:' || lane, head, hash, ids, accounts, versions, kinds, amounts, helds, balances, held_afters, holds, steps,
        actors, digests, services, models, reasons, untils, lifetimes, refusal_ids, refusal_digests, refusal_statuses,
        not_before, before
    ) a;
    commit;
end $$;

-- What was there before: movements and open holds become entries of one posting.
create temporary table old on commit drop as
select id, owner as account, row_number() over (partition by owner order by is_hold, place) as version, kind, amount, held,
    balance_after, (sum(held) over (partition by owner order by is_hold, place))::bigint as held_after, service, reason, at,
    expires_at
from (
    select t.id, a.owner, false as is_hold, lpad(t.journal_seq::text, 20, '0') as place, t.kind,
        case when t.credit = a.id then t.amount else -t.amount end as amount, 0::bigint as held, t.balance_after,
        case when t.kind = 2 then t.memo end as service, case when t.kind <> 2 then t.memo end as reason,
        t.at, null::timestamptz as expires_at
    from transfer t join account a on a.kind = 1 and a.id in (t.debit, t.credit)
    union all
    select h.id, a.owner, true, h.id::text, 6, 0, h.amount, a.balance, h.service, null, h.created_at, h.expires_at
    from hold h join account a on a.id = h.account
    where h.state = 0
) movement;

do $$
declare
    posted bigint := nextval(pg_get_serial_sequence('journal', 'seq'));
    hash bytea;
begin
    if not exists (select from old) then return; end if;
    insert into entry (account, version, id, posting, amount, held, balance_after, held_after, at, expires_at, kind,
        service, reason)
    select account, version, id, posted, amount, held, balance_after, held_after, at, expires_at, kind, service, reason
    from old;
    insert into hold_due (due, posting, accounts, holds)
    select expires_at, posted, array_agg(account), array_agg(id) from entry where kind = 6 group by expires_at;
    select sha256(string_agg(ledger_bytes(e), ''::bytea order by account, version)) into hash from entry e;
    insert into journal (seq, stream, stream_version, kind, payload, payload_sha256) overriding system value
    values (posted, 'ledger:upgrade', 1, 'credits.posted', hash, sha256(hash));
end $$;

-- Refusals stay; what was carried out before cannot be answered again as it was, and must not run again.
insert into refusal (id, digest, status)
select encode(set_byte(set_byte(hash, 6, get_byte(hash, 6) & 15 | 128), 8, get_byte(hash, 8) & 63 | 128), 'hex')::uuid,
    encode(substr(request_sha256, 1, 16), 'hex')::uuid,
    case state when 2 then response
        else '\x080612'::bytea || set_byte('\x00'::bytea, 0, octet_length(done)) || convert_to(done, 'UTF8') end
from (
    select request_sha256, state, response, 'This command was carried out before the ledger was upgraded.' as done,
        substr(sha256(uuid_send(principal) || convert_to(operation || ' ' || key, 'UTF8')), 1, 16) as hash
    from idempotency where operation like 'hub.credits.v1.CreditCommands/%'
) command;

drop table transfer;
drop table hold;
drop table account;
