-- Bulk adjustments: files that are being put together, and runs that must not happen twice.

create table bulk_file (
    owner uuid not null,
    name text not null,
    size bigint not null check (size >= 0),
    -- the last use; a day later it is deleted
    at timestamptz not null default clock_timestamp(),
    primary key (owner, name)
);
create index bulk_file_age on bulk_file (at);

-- Pieces are never changed, so who has seen a size can go on reading up to it.
create table bulk_piece (
    owner uuid not null,
    name text not null,
    start bigint not null check (start >= 0),
    bytes bytea not null check (octet_length(bytes) between 1 and 1048576),
    primary key (owner, name, start),
    foreign key (owner, name) references bulk_file on delete cascade
);

create table bulk_run (
    caller uuid not null,
    request_id text not null,
    file_sha256 bytea not null,
    -- 1 best effort, 2 all or nothing
    mode smallint not null check (mode in (1, 2)),
    started_at timestamptz not null default clock_timestamp(),
    -- hub.credits.v1.BulkAdjustDone; null while lines are left
    done bytea,
    primary key (caller, request_id)
);

-- The audit trail. What nearly every entry is, a hold or a user's own spending, is in neither index, so they cost nothing
-- where speed counts.
-- who did something to somebody else's account
create index entry_by_other on entry (actor, posting) where amount <> 0 and actor <> account;
-- what people did rather than services: first credits, adjustments, promotions
create index entry_by_hand on entry (posting) where kind in (1, 3, 4);

-- The last posting of the journal before a moment, by halving. Postings near it may be numbered a little out of time.
create function ledger_posting_before(moment timestamptz) returns bigint language plpgsql stable as $$
declare
    low bigint := 0;
    high bigint := (select coalesce(max(seq), 0) from journal);
    middle bigint;
    probe record;
begin
    -- everything up to low is before the moment, everything above high is not
    while low < high loop
        middle := low + (high - low + 1) / 2;
        select seq, at into probe from journal where seq <= middle and seq > low order by seq desc limit 1;
        if not found then
            low := middle;
        elsif probe.at < moment then
            low := middle;
        else
            high := probe.seq - 1;
        end if;
    end loop;
    return low;
end $$;
