-- What can be called. Rows are put here by `hubd`, from a file; nothing in the code names a model.
create table model (
    model_id text primary key,
    provider text not null,
    -- the provider's own name
    upstream_name text not null,
    -- micro-credits for a million tokens
    input_price bigint not null check (input_price >= 0),
    output_price bigint not null check (output_price >= 0),
    context_tokens int not null check (context_tokens > 0),
    max_output_tokens int not null check (max_output_tokens > 0),
    active bool not null default true
);

-- One row per Chat, made before anything is held. Its id is the id of the hold.
create table chat_call (
    id uuid primary key,
    user_id uuid not null,
    request_id text not null,
    request_sha256 bytea not null,
    model_id text not null references model,
    -- 0 running, 1 answered, 2 interrupted, 3 failed
    state smallint not null default 0 check (state between 0 and 3),
    prompt_tokens bigint not null default 0 check (prompt_tokens >= 0),
    completion_tokens bigint not null default 0 check (completion_tokens >= 0),
    -- 0 unknown, 1 the provider's figures, 2 estimated
    quality smallint not null default 0 check (quality between 0 and 2),
    charged bigint not null default 0 check (charged >= 0),
    -- finish reason, or the reason of the error
    reason text not null default '',
    created_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    unique (user_id, request_id),
    check ((state = 0) = (ended_at is null)),
    check (state <> 3 or charged = 0)
);
