-- Lists, leads, their phones, and the numbers that must not be called.

-- Ten digits. (Not a regular expression: that costs a list of a million rows two seconds.)
create function dialer.is_number(number text) returns boolean
language sql immutable parallel safe
return length(number) = 10 and translate(number, '0123456789', '') = '';

create table dialer.list (
    id integer generated always as identity primary key,
    project integer not null references dialer.project,
    campaign integer not null references dialer.campaign,
    name text not null check (name <> ''),
    state text not null default 'active' check (state in ('active', 'paused')),
    expires_at timestamptz,
    accepted integer not null default 0,
    duplicate integer not null default 0,
    needs_decision integer not null default 0,
    rejected integer not null default 0,
    rejected_reasons jsonb not null default '{}',
    created_at timestamptz not null default now(),
    unique (campaign, name)
);

-- `list`, `campaign` and `project` refer to their tables without a foreign key: its check, row by row, would double the
-- time in which a list goes in. Who inserts holds the list's row (`for key share`) instead; none is ever deleted.
create table dialer.lead (
    id uuid primary key, -- UUIDv7: the order of the file
    list integer not null,
    campaign integer not null,
    project integer not null,
    external_id text,
    state text not null check (state in
        ('needs_decision', 'ready', 'claimed', 'in_call', 'waiting', 'done', 'refused', 'expired')),
    reason text not null default '',
    held boolean not null default false, -- its list is paused
    withdrawn text, -- why its order was cancelled while a call was on
    priority smallint not null default 5 check (priority between 0 and 9), -- 9 is dialled first
    zone smallint not null default 1,
    number text check (dialer.is_number(number)), -- of the phone that is dialled next
    phone smallint not null default 1, -- its place in `phone`
    attempts smallint not null default 0,
    next_call_at timestamptz not null,
    expires_at timestamptz,
    person text not null default '',
    region text not null default '',
    fields jsonb not null default '{}',
    created_at timestamptz not null default now(),
    check (number is not null or state in ('needs_decision', 'refused', 'expired', 'done'))
);

-- A lead is told by (project, external id); one without is told by its first number within its list.
create unique index lead_external_id on dialer.lead (project, external_id) where external_id is not null;
create unique index lead_number on dialer.lead (list, number) where external_id is null and phone = 1;

-- The claim's index. Priority has ten values, so that each (zone, priority) is a queue of its own in the order of
-- time: leads that wait for tomorrow are never read while those due now are looked for.
create index lead_due on dialer.lead (campaign, zone, priority, next_call_at, id)
    where state in ('ready', 'waiting') and not held;
create index lead_busy on dialer.lead (campaign) where state in ('claimed', 'in_call');

create table dialer.phone (
    lead uuid not null,
    position smallint not null,
    number text not null check (dialer.is_number(number)),
    zone smallint not null default 1,
    kind text not null default '',
    extension text not null default '',
    is_bad boolean not null default false,
    primary key (lead, position)
);

create index phone_number on dialer.phone (number);

-- Without a project: for every project of this installation.
create table dialer.do_not_call (
    number text not null check (dialer.is_number(number)),
    project integer references dialer.project,
    reason text not null,
    created_at timestamptz not null default now(),
    unique nulls not distinct (number, project)
);
