-- What goes on in the background.

-- All that the house has given can be more than any account may own.
alter table house_rollup alter column balance type numeric;

-- Until when one daemon has a row for itself; if it has not ended the holds by then, it is anybody's again.
alter table hold_due add column leased_until timestamptz;
