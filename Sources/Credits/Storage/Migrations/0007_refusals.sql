-- Refusals without entries take no number of the lane, so nothing kept a second daemon from carrying out the same command at
-- that moment. They now have the lane to themselves, and look again once it is theirs.

create or replace procedure ledger_post(
    lane smallint, head bigint, hash bytea,
    ids uuid[], accounts uuid[], versions bigint[], kinds smallint[], amounts bigint[], helds bigint[],
    balances bigint[], held_afters bigint[], holds uuid[], steps smallint[], actors uuid[], digests uuid[],
    services text[], models text[], reasons text[], untils bigint[], lifetimes bigint[],
    refusal_ids uuid[], refusal_digests uuid[], refusal_statuses bytea[],
    not_before bigint, before bigint,
    inout now bigint, inout posted bigint
) language plpgsql as $$
begin
    if cardinality(ids) > 0 then
        perform pg_advisory_xact_lock_shared(1817403237, lane);
    else
        perform pg_advisory_xact_lock(1817403237, lane);
    end if;
    select a.now, a.posted into now, posted from ledger_append(
        'ledger:' || lane, head, hash, ids, accounts, versions, kinds, amounts, helds, balances, held_afters, holds, steps,
        actors, digests, services, models, reasons, untils, lifetimes, refusal_ids, refusal_digests, refusal_statuses,
        not_before, before
    ) a;
    commit;
end $$;
