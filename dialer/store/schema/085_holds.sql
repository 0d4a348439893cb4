-- For how long each customer waited on hold, and for whom: one row for each time, written when it is over.
create table dialer.hold (
    attempt uuid not null,
    agent integer not null references dialer.agent (id),
    since timestamptz not null,
    until timestamptz not null check (until >= since),
    primary key (attempt, since)
);
create index hold_agent on dialer.hold (agent, since);
