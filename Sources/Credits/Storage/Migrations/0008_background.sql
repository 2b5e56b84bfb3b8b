-- What goes on in the background.

-- All that the house has given can be more than any account may own.
alter table house_rollup alter column balance type numeric;
