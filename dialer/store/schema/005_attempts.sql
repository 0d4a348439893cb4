-- The ledger: one row per decision to dial one number once, written before it is dialled, never deleted.

-- Partitioned by month on the id itself, which begins with its time (UUIDv7): so the id alone is the key, and
-- whoever knows it reads one partition.
create table dialer.attempt (
    id uuid primary key,
    lead uuid not null references dialer.lead,
    campaign integer not null references dialer.campaign,
    attempt_no smallint not null,
    number text, -- erasable
    zone smallint not null,
    server text not null,
    trunk text not null,
    caller text,
    state text not null default 'intended'
        check (state in ('intended', 'dialled', 'ringing', 'answered', 'talking', 'wrap_up', 'settled')),
    reserved_at timestamptz not null,
    dialled_at timestamptz,
    ringing_at timestamptz,
    answered_at timestamptz,
    bridged_at timestamptz,
    ended_at timestamptz,
    settled_at timestamptz,
    outcome text check (outcome in
        ('answered', 'abandoned', 'busy', 'no_answer', 'rejected', 'invalid', 'unavailable', 'congestion',
         'trunk_down', 'cancelled', 'failed_here', 'not_sent', 'unknown_not_redialled', 'lost')),
    reason text not null default '',
    uses_attempt boolean,
    cause smallint,
    tech_cause smallint,
    rang boolean,
    progress boolean,
    cancelled_by_us boolean,
    agent integer,
    disposition text,
    abandoned boolean not null default false,
    silent boolean not null default false,
    late_joined boolean not null default false,
    caller_left boolean not null default false,
    check ((outcome is null) = (state <> 'settled'))
) partition by range (id);

create index attempt_lead on dialer.attempt (lead);
-- On the outcome, not on the state: a call's progress then stays a heap-only update.
create index attempt_open on dialer.attempt (id) where outcome is null;

-- One live attempt per number and per lead, in the whole installation, whatever the partition: the lock is a row here
-- from the claim to the settlement.
create table dialer.live_attempt (
    number text primary key,
    attempt uuid not null unique,
    lead uuid not null unique,
    campaign integer not null
);

create index live_attempt_campaign on dialer.live_attempt (campaign);

-- What is remembered of a number over all leads and campaigns: when it was last called, for which lead, and when it was
-- last answered and left without an agent (for 72 hours after that only with an agent reserved beforehand).
create table dialer.called_number (
    number text primary key,
    lead uuid not null,
    called_at timestamptz not null,
    abandoned_at timestamptz
);

-- What other machines are to be told, in order; written in the transaction of the thing itself.
create table dialer.outbox (
    id bigint generated always as identity primary key,
    project integer not null,
    lead uuid,
    kind text not null,
    payload jsonb not null,
    created_at timestamptz not null default now(),
    sent_at timestamptz
);

create index outbox_unsent on dialer.outbox (id) where sent_at is null;
