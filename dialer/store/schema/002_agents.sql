-- Agents, their groups, and what they do all day.

create table dialer.agent_group (
    id integer generated always as identity primary key,
    name text not null unique check (name <> '')
);

create table dialer.agent (
    id integer primary key check (id between 1000 and 999999), -- also the extension that the dialplan knows
    name text not null check (name <> ''),
    is_active boolean not null default true,
    created_at timestamptz not null default now()
);

create table dialer.agent_group_member (
    agent integer not null references dialer.agent,
    agent_group integer not null references dialer.agent_group,
    primary key (agent, agent_group)
);

-- From sign-in to sign-out: one agent at one phone. The groups are those he had at sign-in.
create table dialer.agent_session (
    id bigint generated always as identity primary key,
    agent integer not null references dialer.agent,
    server text not null,
    endpoint text not null,
    kind text not null check (kind in ('nailed_up', 'per_call')),
    leg text not null,
    agent_groups integer[] not null,
    state text not null
        check (state in ('offline', 'calling', 'ready', 'reserved', 'talking', 'wrap_up', 'paused', 'lost')),
    since timestamptz not null,
    reason text not null default '',
    attempt uuid,
    signed_in_at timestamptz not null,
    signed_out_at timestamptz
);

create unique index agent_session_agent on dialer.agent_session (agent) where signed_out_at is null;
create unique index agent_session_phone on dialer.agent_session (server, endpoint) where signed_out_at is null;

-- Grows for ever, hence by month. The key makes a row that is written twice after a lost answer one row.
create table dialer.agent_state_log (
    agent integer not null,
    since timestamptz not null,
    state text not null,
    reason text not null default '',
    attempt uuid,
    primary key (agent, since, state)
) partition by range (since);
