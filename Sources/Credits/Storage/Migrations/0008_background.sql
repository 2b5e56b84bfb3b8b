-- What goes on in the background.

-- All that the house has given can be more than any account may own.
alter table house_rollup alter column balance type numeric;

-- Until when one daemon has a row for itself; if it has not ended the holds by then, it is anybody's again.
alter table hold_due add column leased_until timestamptz;

-- The last posting of an account at or before one of the journal, as a version of the account, by halving: both go up
-- together, and versions have no gaps. 0 if there is none.
create function ledger_version_at(account uuid, posting bigint) returns bigint language plpgsql stable as $$
declare
    low bigint := 0;
    high bigint := (
        select e.version from entry e where e.account = ledger_version_at.account order by e.version desc limit 1
    );
    middle bigint;
begin
    -- everything up to low is at or before the posting, everything above high is after it
    while low < high loop
        middle := low + (high - low + 1) / 2;
        if (select e.posting from entry e where e.account = ledger_version_at.account and e.version = middle)
            <= ledger_version_at.posting
        then
            low := middle;
        else
            high := middle - 1;
        end if;
    end loop;
    return low;
end $$;

-- Whether a run has ended with the file: then it makes room for the next one.
alter table bulk_file add column is_done boolean not null default false;
