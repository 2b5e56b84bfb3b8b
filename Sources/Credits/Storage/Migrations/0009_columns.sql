-- The same as before, but the arrays are read side by side in the list of columns: as functions in FROM each of them was
-- stored whole before the first row was built, a quarter of the time of a posting.

create or replace function ledger_append(
    -- the stream, the number of its last posting, and the SHA-256 of the entries' bytes, ascending by account and version
    stream text, head bigint, hash bytea,
    -- the entries; `untils` are the expiries of holds that end, `lifetimes` the seconds of those that begin
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
        from (
            select unnest(ids) as id, unnest(accounts) as account, unnest(versions) as version, unnest(kinds) as kind,
                unnest(amounts) as amount, unnest(helds) as held, unnest(balances) as balance,
                unnest(held_afters) as held_after, unnest(holds) as hold, unnest(steps) as step, unnest(actors) as actor,
                unnest(digests) as digest, unnest(services) as service, unnest(models) as model, unnest(reasons) as reason,
                unnest(untils) as until, unnest(lifetimes) as lifetime
        ) e;
        insert into hold_due (due, posting, accounts, holds)
        select moment + e.lifetime * interval '1 second', posted, array_agg(e.account), array_agg(coalesce(e.hold, e.id))
        from (
            select unnest(ids) as id, unnest(accounts) as account, unnest(holds) as hold, unnest(lifetimes) as lifetime
        ) e
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

-- Identifiers cannot be compressed; to try took longer than to write them.
alter table hold_due alter column accounts set storage external, alter column holds set storage external;
