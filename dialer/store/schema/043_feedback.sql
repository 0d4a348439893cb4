-- What clients tell back of an order, and the work cycles that come of it.

create table dialer.feedback (
    webhook integer not null references dialer.webhook,
    message text not null, -- the sender's own id: the same message twice is one
    project integer not null,
    lead uuid not null,
    kind text not null check (kind in ('delivered', 'not_delivered', 'call_again')),
    paid_kopecks bigint check (paid_kopecks >= 0),
    note text not null default '',
    told_at timestamptz not null,
    received_at timestamptz not null,
    outcome text not null, -- what came of it here
    primary key (webhook, message)
);

create index feedback_lead on dialer.feedback (lead);

-- A cycle is closed when "call again" opens the next one; the one under way stands in `lead` itself. Its attempts are
-- those between opening and closing: an attempt's id tells its time.
alter table dialer.lead add column cycle smallint not null default 1;

create table dialer.work_cycle (
    lead uuid not null,
    number smallint not null,
    opened_at timestamptz not null,
    closed_at timestamptz not null,
    state text not null,
    reason text not null,
    attempts smallint not null,
    primary key (lead, number)
);

-- Which place goes with a result, also long after the talk.
create index slot_hold_attempt on dialer.slot_hold (attempt, lead);
