-- Text messages and e-mails between attempts: a campaign's steps, a project's gateway, and what became of each notice.

create table dialer.notice_step (
    campaign integer not null references dialer.campaign,
    name text not null check (name ~ '^[a-z][a-z0-9_]{0,31}$'),
    channel text not null check (channel in ('sms', 'email')),
    outcomes text[] not null check (cardinality(outcomes) > 0),
    times smallint not null check (times between 1 and 100),
    template text not null check (template <> ''),
    subject text not null default '',
    address text not null default 'email', -- the lead's field that holds it
    primary key (campaign, name)
);

create table dialer.message_gateway (
    project integer primary key references dialer.project,
    settings jsonb not null,
    changed_at timestamptz not null
);

-- Made by the settlement of the attempt that it follows; the key makes it one in a work cycle. It holds neither the text
-- nor the address: they are read from the lead as it goes.
create table dialer.notice (
    id bigint generated always as identity primary key,
    lead uuid not null,
    cycle smallint not null,
    step text not null,
    project integer not null,
    campaign integer not null,
    attempt uuid not null,
    channel text not null,
    state text not null default 'waiting'
        check (state in ('waiting', 'sending', 'sent', 'failed', 'unknown', 'dropped')),
    reason text not null default '',
    tries smallint not null default 0,
    next_try_at timestamptz not null,
    made_at timestamptz not null,
    done_at timestamptz,
    unique (lead, cycle, step)
);

create index notice_due on dialer.notice (next_try_at) where state in ('waiting', 'sending');
create index notice_made on dialer.notice (campaign, made_at);
