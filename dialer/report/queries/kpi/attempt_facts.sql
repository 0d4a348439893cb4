-- Attempts of the campaigns $1 reserved in [$4, $5), summed by all that reports tell apart: those reserved on the days
-- [$2, $3] of the project, and those of leads first tried on these days.
with scope as (
    select c.id as campaign, c.project, p.zone
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = any($1::integer[])
), attempt as (
    select a.*, s.zone as days_of,
           a.answered_at is not null and coalesce(a.disposition, '') not in ('machine', 'assistant') as by_person,
           a.bridged_at is not null and not a.abandoned as connected,
           extract(epoch from a.ended_at - a.bridged_at)::numeric as talk_s
    from dialer.attempt a
    join scope s on s.campaign = a.campaign
    where a.reserved_at >= $4 and a.reserved_at < $5
      -- An id tells its time: so only these months are read.
      and a.id >= dialer.uuid7_floor($4::timestamptz - interval '1 hour')
      and a.id < dialer.uuid7_floor($5::timestamptz + interval '1 hour')
)
select a.campaign, (a.reserved_at at time zone a.days_of)::date as day,
       (cycle.first_at at time zone a.days_of)::date as cohort, a.attempt_no, step.age_min,
       coalesce(a.outcome, '') as outcome, coalesce(a.disposition, '') as disposition,
       count(*)::integer as attempts,
       count(*) filter (where a.uses_attempt)::integer as counted,
       count(a.dialled_at)::integer as dialled,
       count(a.answered_at)::integer as answered,
       count(*) filter (where by_person)::integer as by_person,
       count(*) filter (where connected)::integer as connected,
       count(*) filter (where connected and by_person)::integer as contacts,
       count(*) filter (where connected and by_person and a.uses_attempt and not cycle.was_reached)::integer as first_contacts,
       count(*) filter (where a.abandoned)::integer as abandoned,
       count(*) filter (where a.silent)::integer as silent,
       count(*) filter (where a.caller_left)::integer as caller_left,
       count(*) filter (where a.late_joined)::integer as late_joined,
       coalesce(sum(a.talk_s), 0) as talk_s,
       coalesce(sum(ceil(a.talk_s / 60)), 0)::integer as started_minutes
from attempt a
join dialer.lead l on l.id = a.lead
cross join lateral (
    select coalesce(max(w.closed_at), l.created_at) as opened_at, max(w.closed_at) as reopened_at
    from dialer.work_cycle w
    where w.lead = a.lead and w.closed_at <= a.reserved_at
) o
-- What came of the lead before, in this work cycle. (Ids tell the time: only the months since the lead are read.)
cross join lateral (
    select min(b.reserved_at) as first_at,
           coalesce(bool_or(b.id < a.id and b.bridged_at is not null and not b.abandoned
               and coalesce(b.disposition, '') not in ('machine', 'assistant')), false) as was_reached
    from dialer.attempt b
    where b.lead = a.lead and b.id >= a.lead and b.id <= a.id and b.uses_attempt
      and (o.reopened_at is null or b.reserved_at >= o.reopened_at)
) cycle
cross join lateral (
    select min(s.minutes) as age_min
    from unnest(array[5, 20, 60, 240, 1440, 2880, 4320, 10080]) as s (minutes)
    where coalesce(a.dialled_at, a.reserved_at) <= o.opened_at + make_interval(mins => s.minutes)
) step
where (a.reserved_at at time zone a.days_of)::date between $2 and $3
   or (cycle.first_at at time zone a.days_of)::date between $2 and $3
group by 1, 2, 3, 4, 5, 6, 7
