-- Who may come in, and what they did. Secrets are never here: passwords as scrypt, the rest as SHA-256 of 256 random bits.

create table dialer.app_user (
    id integer generated always as identity primary key,
    name text not null unique check (name ~ '^[a-z0-9а-яё][a-z0-9а-яё._@-]{0,63}$'),
    role text not null check (role in ('admin', 'supervisor', 'agent', 'client', 'integrator')),
    agent integer unique references dialer.agent, -- whose desk is his own
    password text,
    is_disabled boolean not null default false,
    created_at timestamptz not null,
    check (agent is not null or role <> 'agent')
);

-- What a client or an integrator may see; the other roles see everything.
create table dialer.app_user_project (
    app_user integer not null references dialer.app_user,
    project integer not null references dialer.project,
    primary key (app_user, project)
);

create table dialer.token (
    id integer generated always as identity primary key,
    app_user integer not null references dialer.app_user,
    label text not null default '',
    digest bytea not null unique,
    scopes text[] not null check (cardinality(scopes) > 0),
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz
);

create table dialer.web_session (
    digest bytea primary key,
    app_user integer not null references dialer.app_user,
    created_at timestamptz not null,
    expires_at timestamptz not null
);

create index web_session_user on dialer.web_session (app_user);

create table dialer.login_link (
    digest bytea primary key,
    app_user integer not null references dialer.app_user,
    created_at timestamptz not null,
    expires_at timestamptz not null
);

-- Who did what to what. Names and numbers of persons stay out; the ids tell. Never changed, grows for ever.
create table dialer.audit (
    at timestamptz not null,
    by text not null,
    action text not null,
    subject text not null default '',
    detail jsonb not null default '{}'
) partition by range (at);

create table dialer.audit_other partition of dialer.audit default;
create index audit_at on dialer.audit (at);

-- The phones an agent may sign in at; the first is his usual one.
create table dialer.agent_phone (
    agent integer not null references dialer.agent,
    position smallint not null,
    server text not null,
    endpoint text not null check (endpoint ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$'),
    kind text not null check (kind in ('nailed_up', 'per_call')),
    primary key (agent, position),
    unique (agent, server, endpoint)
);
