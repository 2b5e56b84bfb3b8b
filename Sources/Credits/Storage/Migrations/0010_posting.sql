-- The same as before in a sixth fewer of Postgres' instructions for a posting of one entry: one procedure instead of a
-- procedure around a function, fewer statements, and constraints that take less time to read. Postgres reads and plans those
-- of a table anew for each statement.

-- What makes less available needs enough; only a settlement beyond its hold may go below. The shape of each kind of entry is
-- what `ledger verify` looks at.
alter table entry
    drop constraint entry_check,
    drop constraint entry_check1,
    drop constraint entry_held_after_check,
    drop constraint entry_kind_check,
    drop constraint entry_version_check,
    drop constraint entry_covered,
    add constraint entry_covered check (
        held_after >= 0 and (held_after <= balance_after or held <= amount or kind = 2) and (amount = 0 or kind <= 5)
    );

drop procedure ledger_post;
drop function ledger_append;

-- Writes entries as the next posting of a stream, and what else belongs to the same commands. `posted` is null and nothing
-- is written when the stream has moved on, or when the time is not what the decisions assumed.
create procedure ledger_post(
    -- the stream and its lane, which is locked, and then committed: a daemon that stalls afterwards holds no lock. Without a
    -- lane both are the caller's to do; whoever must write several lanes at once takes the lanes' locks alone
    stream text, lane smallint,
    -- the number of the stream's last posting, and the SHA-256 of the entries' bytes, ascending by account and version
    head bigint, hash bytea,
    -- the entries; `untils` are the expiries of holds that end, `lifetimes` the seconds of those that begin
    ids uuid[], accounts uuid[], versions bigint[], kinds smallint[], amounts bigint[], helds bigint[],
    balances bigint[], held_afters bigint[], holds uuid[], steps smallint[], actors uuid[], digests uuid[],
    services text[], models text[], reasons text[], untils bigint[], lifetimes bigint[],
    -- the holds that begin, those of one lifetime after those of another, and how many there are of each
    due_lifetimes bigint[], due_counts bigint[], due_accounts uuid[], due_holds uuid[],
    -- commands that are refused; those without a digest are not kept
    refusal_ids uuid[], refusal_digests uuid[], refusal_statuses bytea[],
    -- microseconds since 1970; the decisions hold from the one until just before the other
    not_before bigint, before bigint,
    inout now bigint, inout posted bigint
) language plpgsql as $$
declare
    moment timestamptz;
    first bigint := 1;
begin
    if lane is not null then
        if cardinality(ids) > 0 then
            perform pg_advisory_xact_lock_shared(1817403237, lane);
        else
            -- Refusals alone take no number of the lane that a second daemon could meet.
            perform pg_advisory_xact_lock(1817403237, lane);
        end if;
    end if;
    moment := ledger_clock();
    now := ledger_micros(moment);
    <<writing>>
    begin
        exit writing when now < not_before or now >= before;
        -- A command that was refused is never carried out, one that was carried out never refused.
        if cardinality(refusal_ids) > 0 then
            if exists (select from entry where id = any (refusal_ids)) then
                raise exception 'a command was carried out already' using errcode = 'unique_violation';
            end if;
        end if;
        if cardinality(ids) > 0 then
            -- Waits for a posting of the same number that is under way; once the number is ours, nobody else writes these
            -- accounts.
            insert into journal (at, stream, stream_version, kind, payload, payload_sha256)
            select moment, ledger_post.stream, head + 1, 'credits.posted', hash, sha256(hash)
            where not exists (select from refusal where id = any (ids || refusal_ids))
            on conflict do nothing returning seq into posted;
        end if;
        if posted is null then
            if exists (select from refusal where id = any (ids || refusal_ids)) then
                raise exception 'a command was refused already' using errcode = 'unique_violation';
            end if;
            exit writing when cardinality(ids) > 0
                or exists (select from journal j where j.stream = ledger_post.stream and j.stream_version = head + 1);
            posted := 0;
        else
            if ledger_micros(ledger_clock()) >= before then
                raise exception 'a hold ran out meanwhile' using errcode = 'LG001';
            end if;
            insert into entry
            select e.account, e.version, e.id, posted, e.amount, e.held, e.balance, e.held_after, moment,
                coalesce(ledger_time(e.until), moment + e.lifetime * interval '1 second'), e.kind, e.step, e.hold, e.actor,
                e.digest, e.service, e.model, e.reason
            from (
                select unnest(ids) as id, unnest(accounts) as account, unnest(versions) as version, unnest(kinds) as kind,
                    unnest(amounts) as amount, unnest(helds) as held, unnest(balances) as balance,
                    unnest(held_afters) as held_after, unnest(holds) as hold, unnest(steps) as step,
                    unnest(actors) as actor, unnest(digests) as digest, unnest(services) as service,
                    unnest(models) as model, unnest(reasons) as reason, unnest(untils) as until,
                    unnest(lifetimes) as lifetime
            ) e;
            for i in 1 .. cardinality(due_lifetimes) loop
                insert into hold_due (due, posting, accounts, holds)
                values (
                    moment + due_lifetimes[i] * interval '1 second', posted,
                    due_accounts[first:first + due_counts[i] - 1], due_holds[first:first + due_counts[i] - 1]
                );
                first := first + due_counts[i];
            end loop;
        end if;
        if cardinality(refusal_ids) > 0 then
            insert into refusal (id, digest, status)
            select * from unnest(refusal_ids, refusal_digests, refusal_statuses) r (id, digest, status)
            where r.digest is not null;
        end if;
    end;
    if lane is not null then commit; end if;
end $$;

-- The same as a part of the caller's transaction, without refusals.
create function ledger_append(
    stream text, head bigint, hash bytea,
    ids uuid[], accounts uuid[], versions bigint[], kinds smallint[], amounts bigint[], helds bigint[],
    balances bigint[], held_afters bigint[], holds uuid[], steps smallint[], actors uuid[], digests uuid[],
    services text[], models text[], reasons text[], untils bigint[], lifetimes bigint[],
    due_lifetimes bigint[], due_counts bigint[], due_accounts uuid[], due_holds uuid[],
    not_before bigint, before bigint,
    out now bigint, out posted bigint
) language plpgsql
-- The plans do not depend on how many entries there are, and to make them anew for each posting takes as long as it.
set plan_cache_mode = force_generic_plan
as $$
begin
    call ledger_post(
        stream, null, head, hash, ids, accounts, versions, kinds, amounts, helds, balances, held_afters, holds, steps, actors,
        digests, services, models, reasons, untils, lifetimes, due_lifetimes, due_counts, due_accounts, due_holds,
        '{}', '{}', '{}', not_before, before, now, posted
    );
end $$;
