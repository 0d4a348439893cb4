-- The ledger of abandonments by minute, and the calls that it is made of. Instants are epoch seconds.

-- name: past
-- Each campaign's minutes over its own window; a calendar day is never longer than 25 hours.
select c.id as campaign, extract(epoch from m.minute)::float8 as at, m.answered, m.abandoned
from dialer.campaign c
cross join lateral (
    select m.minute, m.answered, m.abandoned
    from dialer.abandonment m
    where m.campaign = c.id
      and m.minute > to_timestamp(:now)
          - case c.ceiling_window when 'rolling_30d' then interval '30 days' else interval '25 hours' end
    order by m.minute
) m
where c.id = any(:campaigns::integer[]);

-- name: minutes_before
-- A campaign's minutes of [since, until).
select extract(epoch from m.minute)::float8 as at, m.answered, m.abandoned
from dialer.abandonment m
where m.campaign = :campaign and m.minute >= to_timestamp(:since) and m.minute < to_timestamp(:until)
order by m.minute;

-- name: answered_calls
-- Settled calls of a campaign that a person answered in [since, until): those of which the minutes are the sums. An
-- attempt's id begins with the moment of its claim, which is never an hour before the answer: one partition is read.
select a.id::text as attempt, extract(epoch from a.answered_at)::float8 as at, a.abandoned, a.silent, a.late_joined,
       a.caller_left
from dialer.attempt a
where a.id >= dialer.uuid7_floor(to_timestamp(:since) - interval '1 hour')
  and a.id < dialer.uuid7_floor(to_timestamp(:until) + interval '1 second')
  and a.campaign = :campaign and a.outcome is not null
  and a.answered_at >= to_timestamp(:since) and a.answered_at < to_timestamp(:until)
  and (a.abandoned or coalesce(a.disposition, '') not in ('machine', 'assistant'))
order by a.answered_at, a.id;
