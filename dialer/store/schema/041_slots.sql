-- Couriers' delivery slots: how a project's courier is asked, and the places that are held for persons on the line.

create table dialer.slot_provider (
    project integer primary key references dialer.project,
    settings jsonb not null,
    changed_at timestamptz not null
);

-- Written before the courier is asked, so that a place is given back also by the next daemon.
create table dialer.slot_hold (
    id uuid primary key, -- the name under which the courier knows it
    project integer not null,
    attempt uuid not null,
    lead uuid not null,
    day date not null,
    interval text not null,
    state text not null default 'reserving'
        check (state in ('reserving', 'held', 'kept', 'releasing', 'released', 'lost')),
    until timestamptz not null, -- the lease: who is still on the line renews it
    made_at timestamptz not null,
    tries integer not null default 0,
    next_try_at timestamptz not null
);

create index slot_hold_open on dialer.slot_hold (attempt, lead) where state in ('reserving', 'held');
create index slot_hold_due on dialer.slot_hold (next_try_at) where state in ('reserving', 'held', 'releasing');
