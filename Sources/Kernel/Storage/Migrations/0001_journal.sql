-- What happened, in the transaction that made it happen. `xid` orders readers that must not miss late commits.
create table journal (
    seq bigint generated always as identity primary key,
    xid xid8 not null default pg_current_xact_id(),
    at timestamptz not null default clock_timestamp(),
    stream text not null,
    stream_version bigint not null check (stream_version > 0),
    kind text not null,
    actor uuid,
    request_id text,
    payload bytea not null,
    payload_sha256 bytea not null,
    unique (stream, stream_version)
);
create index on journal (xid, seq);

-- Whose command had which answer. A row is written in the transaction of the command's effect and never expires.
create table idempotency (
    principal uuid not null,
    operation text not null,
    key text not null,
    request_sha256 bytea not null,
    -- 0 claimed, inside the transaction only; 1 done, `response` is the answer; 2 refused, `response` is the status
    state smallint not null default 0 check (state between 0 and 2),
    response bytea,
    created_at timestamptz not null default now(),
    primary key (principal, operation, key),
    check ((state = 0) = (response is null))
);
