-- Campaigns: what is dialled, how, when, by which groups. Ratios are exact decimals.

create table dialer.campaign (
    id integer generated always as identity primary key,
    project integer not null references dialer.project,
    name text not null check (name <> ''),
    mode text not null,
    calendar jsonb not null,
    rules jsonb not null,
    state text not null default 'draft'
        check (state in ('draft', 'running', 'paused', 'stopping', 'stopped', 'done')),
    state_reason text not null default '',
    state_at timestamptz not null default '-infinity',
    weight numeric not null default 1 check (weight > 0),
    power_ratio numeric not null default 1 check (power_ratio > 0),
    ceiling_ratio numeric not null default 0.03 check (ceiling_ratio between 0 and 1),
    max_lines integer check (max_lines >= 0),
    ring_s numeric not null default 30 check (ring_s > 0),
    answer_limit_s numeric not null default 1.8 check (answer_limit_s > 0 and answer_limit_s < 2),
    wrap_up_s numeric not null default 30 check (wrap_up_s >= 0),
    caller text,
    loopback_only boolean not null default false,
    created_at timestamptz not null default now(),
    unique (project, name)
);

create table dialer.campaign_group (
    campaign integer not null references dialer.campaign,
    agent_group integer not null references dialer.agent_group,
    priority smallint not null default 0,
    primary key (campaign, agent_group)
);

-- The pacing log: why so many calls were started then.
create table dialer.decision (
    campaign integer not null,
    server text not null,
    at timestamptz not null,
    strategy text not null,
    calls_to_start integer not null,
    wished integer not null,
    reason text not null,
    inputs jsonb not null,
    primary key (campaign, server, at)
) partition by range (at);
