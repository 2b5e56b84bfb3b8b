-- Who holds an account. `email` is as given; `email_key` decides which addresses are the same.
create table user_account (
    id uuid primary key,
    email text not null,
    email_key text not null unique check (email_key = lower(email_key)),
    password_hash text not null,
    -- how the password becomes what is hashed, and which pepper was used
    password_scheme smallint not null,
    pepper_version smallint not null,
    created_at timestamptz not null default clock_timestamp()
);

-- What the roles allow. A higher rank stands above a lower one.
create table role (
    id smallint primary key,
    name text not null unique,
    rank smallint not null unique
);
create table permission (
    id smallint primary key,
    resource text not null,
    action text not null,
    unique (resource, action)
);
create table role_permission (
    role_id smallint not null references role,
    permission_id smallint not null references permission,
    -- 0 everybody's, 1 the team's, 2 the holder's own
    scope smallint not null check (scope between 0 and 2),
    primary key (role_id, permission_id)
);
create table user_role (
    user_id uuid not null references user_account,
    role_id smallint not null references role,
    granted_by uuid references user_account,
    granted_at timestamptz not null default clock_timestamp(),
    primary key (user_id, role_id)
);
create index on user_role (role_id);

-- Counts the changes of what roles allow. Every call reads it, so a node never decides by old grants.
create table authz_version (
    name text primary key,
    version bigint not null
);
insert into authz_version (name, version) values ('global', 1);
create function count_authz_change() returns trigger language plpgsql as $$
begin
    update authz_version set version = version + 1 where name = 'global';
    return null;
end $$;

insert into role (id, name, rank) values
    (1, 'SuperAdmin', 50), (2, 'Admin', 40), (3, 'Manager', 30), (4, 'User', 20), (5, 'Guest', 10);

insert into permission (id, resource, action) values
    (1, 'users', 'create'), (2, 'users', 'read'), (3, 'users', 'update'), (4, 'users', 'delete'),
    (11, 'credits', 'read'), (12, 'credits', 'update'), (13, 'credits', 'adjust'),
    (21, 'roles', 'read'), (22, 'roles', 'assign'),
    (31, 'services', 'read'), (32, 'services', 'configure'), (33, 'services', 'use');

-- Who is signed in may use the services for itself, whatever its role.
insert into role_permission (role_id, permission_id, scope)
select r.id, p.id, g.scope
from (values
    ('Admin', 'users', 'create', 0), ('Admin', 'users', 'read', 0), ('Admin', 'users', 'update', 0),
    ('Admin', 'users', 'delete', 0),
    ('Admin', 'credits', 'read', 0), ('Admin', 'credits', 'update', 0), ('Admin', 'credits', 'adjust', 0),
    ('Admin', 'roles', 'read', 0), ('Admin', 'roles', 'assign', 0),
    ('Admin', 'services', 'read', 0), ('Admin', 'services', 'configure', 0), ('Admin', 'services', 'use', 2),
    ('Manager', 'users', 'read', 1),
    ('Manager', 'credits', 'read', 1), ('Manager', 'credits', 'adjust', 1),
    ('Manager', 'services', 'read', 0), ('Manager', 'services', 'use', 2),
    ('User', 'users', 'read', 2), ('User', 'users', 'update', 2),
    ('User', 'credits', 'read', 2),
    ('User', 'services', 'use', 2),
    ('Guest', 'users', 'read', 2),
    ('Guest', 'credits', 'read', 2),
    ('Guest', 'services', 'use', 2)
) as g (role, resource, action, scope)
join role r on r.name = g.role
join permission p on p.resource = g.resource and p.action = g.action
union all
select r.id, p.id, 0 from role r cross join permission p where r.name = 'SuperAdmin';

create trigger count_change after insert or update or delete or truncate on role_permission
for each statement execute function count_authz_change();

-- Sign-in sessions. A refresh token is computed from the session's key and counter; none is stored.
create table session (
    id uuid primary key,
    user_id uuid not null references user_account,
    sealed_key bytea not null,
    counter bigint not null default 0 check (counter >= 0),
    rotated_at timestamptz not null default clock_timestamp(),
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    client_address text not null,
    ended_at timestamptz,
    end_reason text,
    check ((ended_at is null) = (end_reason is null))
);
create index on session (user_id) where ended_at is null;

-- Keys that sign access tokens. One signs; the retired ones verify until their last token has run out.
create table signing_key (
    id text primary key,
    algorithm text not null,
    public_key bytea not null,
    sealed_private_key bytea not null,
    created_at timestamptz not null default clock_timestamp(),
    retired_at timestamptz
);
create unique index on signing_key ((true)) where retired_at is null;
