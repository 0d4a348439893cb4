-- Where results are sent, and each event on its way to each of those places.

create table dialer.webhook (
    id integer generated always as identity primary key,
    project integer not null references dialer.project,
    url text not null check (url ~ '^https?://'),
    state text not null default 'active' check (state in ('active', 'paused', 'removed')),
    kinds text[] not null default '{}', -- empty: every kind of event
    status_map jsonb not null default '{}', -- our word to the client's
    salt text not null, -- the secret is derived from it and from the installation's key, which is not in the database
    previous_salt text,
    previous_until timestamptz,
    created_at timestamptz not null default now()
);

create index webhook_project on dialer.webhook (project) where state <> 'removed';

-- Private networks that requests for a project may reach: a person's decision, with its reason.
create table dialer.private_network (
    project integer not null references dialer.project,
    network cidr not null,
    reason text not null check (reason <> ''),
    created_at timestamptz not null default now(),
    primary key (project, network)
);

-- `event` is the outbox row; its `sent_at` says when it was made into these.
create table dialer.webhook_delivery (
    id bigint generated always as identity primary key,
    webhook integer not null references dialer.webhook,
    event bigint not null,
    lead uuid,
    state text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
    tries integer not null default 0,
    next_try_at timestamptz not null,
    sending_until timestamptz, -- a daemon has it in hand; past that, whoever comes
    give_up_at timestamptz not null,
    created_at timestamptz not null,
    done_at timestamptz,
    status smallint, -- HTTP status of the last answer
    error text not null default '',
    unique (webhook, event)
);

create index webhook_delivery_due on dialer.webhook_delivery (webhook, next_try_at) where state = 'pending';
-- Order within a lead: an event waits while an earlier one of its lead is on its way.
create index webhook_delivery_lead on dialer.webhook_delivery (webhook, lead, event) where state = 'pending';
create index webhook_delivery_dead on dialer.webhook_delivery (webhook, id) where state = 'dead';
create index webhook_delivery_done on dialer.webhook_delivery (done_at) where state = 'delivered';
create index webhook_delivery_event on dialer.webhook_delivery (event);
create index outbox_sent on dialer.outbox (sent_at) where sent_at is not null;
