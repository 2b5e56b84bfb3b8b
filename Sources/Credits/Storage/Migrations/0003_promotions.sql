-- Promotion codes: what each gives and to how many, and who has redeemed it.

create table promo (
    -- in the order in which they were made
    id bigint generated always as identity primary key,
    code text not null constraint promo_code unique check (code ~ '^[A-Z0-9-]{4,64}$'),
    -- micro-credits that a redemption gives
    credits bigint not null check (credits > 0),
    -- null for any number
    max_uses integer check (max_uses > 0),
    uses integer not null default 0,
    -- null for never
    expires_at timestamptz,
    active boolean not null,
    -- counts the changes of the terms
    version integer not null default 1,
    created_at timestamptz not null default ledger_clock(),
    constraint promo_uses check (uses >= 0 and (max_uses is null or uses <= max_uses))
) with (fillfactor = 70);

-- The terms of every version, so that each redemption can be checked against those of its time. The journal says who has
-- changed them and why it may.
create table promo_terms (
    promo bigint not null references promo,
    version integer not null check (version > 0),
    credits bigint not null,
    max_uses integer,
    expires_at timestamptz,
    active boolean not null,
    at timestamptz not null default clock_timestamp(),
    primary key (promo, version)
);

create function promo_keep_terms() returns trigger language plpgsql as $$
begin
    insert into promo_terms (promo, version, credits, max_uses, expires_at, active)
    values (new.id, new.version, new.credits, new.max_uses, new.expires_at, new.active);
    return null;
end $$;

create trigger promo_terms after insert or update of credits, max_uses, expires_at, active on promo
for each row execute function promo_keep_terms();

-- Who has redeemed what: each user each code once.
create table promo_use (
    promo bigint not null references promo,
    account uuid not null,
    -- entry.id of the movement
    entry uuid not null unique,
    -- which terms held: promo_terms.version
    terms integer not null,
    primary key (promo, account),
    foreign key (promo, terms) references promo_terms
);

-- A promotion's entry is written only together with its use. The writer has looked before, so this fails for who was
-- overtaken in between, and he looks again.
create function promo_redeem() returns trigger language plpgsql as $$
declare
    taken promo;
begin
    -- Postings of several lanes may name the same codes in different orders: one lock for all of them, always after the
    -- lane's, so that they never wait for each other in a circle.
    perform pg_advisory_xact_lock(1817403238);
    update promo set uses = uses + 1
    where code = new.reason and credits = new.amount and active
        and (expires_at is null or new.at < expires_at) and (max_uses is null or uses < max_uses)
    returning * into taken;
    if not found then
        raise exception 'the promotion code has changed meanwhile'
            using errcode = 'check_violation', table = 'promo', constraint = 'promo_redeemable';
    end if;
    insert into promo_use (promo, account, entry, terms) values (taken.id, new.account, new.id, taken.version);
    return null;
end $$;

create trigger promo_redeem after insert on entry
for each row when (new.kind = 4) execute function promo_redeem();
