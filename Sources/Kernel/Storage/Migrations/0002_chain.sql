-- The journal's rows, chained by hash after their commit: who changes, adds or takes away a row below the last link breaks
-- the chain. A link's hash is the SHA-256 over the hash of the link before, 32 zero bytes for the first, and then the row:
-- seq, at, stream, stream_version, kind, actor, request_id and payload_sha256, each as its length (4 bytes; -1 for null) and
-- its bytes. Numbers are big-endian, `at` is microseconds since 1970 in 8 bytes, texts are UTF-8. In SQL:
--
--   sha256(prev || field(int8send(seq)) || field(int8send((extract(epoch from at) * 1000000)::bigint))
--       || field(convert_to(stream, 'UTF8')) || field(int8send(stream_version)) || field(convert_to(kind, 'UTF8'))
--       || field(uuid_send(actor)) || field(convert_to(request_id, 'UTF8')) || field(payload_sha256))
--
--   where field(b) is coalesce(int4send(octet_length(b)) || b, int4send(-1))
create table journal_chain (
    n bigint primary key check (n > 0),
    seq bigint not null unique references journal (seq),
    -- unique, so the chain cannot fork
    prev bytea not null unique,
    hash bytea not null unique
);
