-- The ceiling as a promise: over which window, how hard; and the ledger of abandonments by minute, which a restart reads.

alter table dialer.campaign
    add column ceiling_window text not null default 'rolling_24h'
        check (ceiling_window in ('rolling_24h', 'day', 'rolling_30d')),
    add column ceiling_mode text not null default 'target' check (ceiling_mode in ('target', 'hard'));

-- Sums of settled attempts by the minute of their answer, kept by the settlement itself. Answered: by a person.
create table dialer.abandonment (
    campaign integer not null references dialer.campaign,
    minute timestamptz not null,
    answered integer not null,
    abandoned integer not null check (abandoned <= answered),
    primary key (campaign, minute)
);

insert into dialer.abandonment (campaign, minute, answered, abandoned)
select a.campaign, date_trunc('minute', a.answered_at), count(*), count(*) filter (where a.abandoned)
from dialer.attempt a
where a.outcome is not null and a.answered_at is not null
  and (a.abandoned or coalesce(a.disposition, '') not in ('machine', 'assistant'))
group by 1, 2;
