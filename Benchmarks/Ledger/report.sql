-- Read models of the report as ten million movements leave them: 10,000 users that use one of twelve services and models a day
-- for a year, each some three times. For a migrated, empty database; docs/ledger-growth.md says what came out.
\set ON_ERROR_STOP on
set statement_timeout = 0;
set jit = off;
truncate report_day, report_total, report_account;
\timing on
insert into report_day
select day, account, service, model, kind, movements, 0, movements * 1500
from (
    select date '2025-11-27' + d as day, (lpad(to_hex(1767225600000 + u), 12, '0') || '7' || substr(md5(u::text), 1, 3) || 'a'
        || substr(md5(u::text), 4, 15))::uuid as account, u, d
    from generate_series(1, 10000) u, generate_series(0, 364) d
) pair
cross join lateral (
    select (array['chat', 'completion', 'video'])[1 + (u + d) % 3] as service,
        (array['claude-sonnet', 'gpt-4o', 'gpt-4o-mini', 'standin-small'])[1 + (u * 7 + d / 30) % 4] as model,
        case (u + d) % 3 when 2 then 5 else 2 end as kind, 1 + (u * 31 + d * 17) % 5 as movements
) use
order by 1, 2;
insert into report_total
select day, service, model, kind, sum(movements), sum(amount_in), sum(amount_out) from report_day group by 1, 2, 3, 4;
insert into report_account
select account, service, model, kind, sum(movements), sum(amount_in), sum(amount_out) from report_day group by 1, 2, 3, 4;
update report_progress set as_of = now();
\timing off
vacuum (analyze) report_day, report_total, report_account;
select sum(movements) as movements, count(*) as rows from report_day;
select relname, pg_size_pretty(pg_total_relation_size(oid)) from pg_class
where relname in ('report_day', 'report_total', 'report_account');
