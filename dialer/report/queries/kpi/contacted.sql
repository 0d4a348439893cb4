-- The leads of the campaigns $1 that were first reached in attempts reserved in [$4, $5): in how many minutes from the
-- receipt, rounded up to a step; null: later than the last.
select f.lead, f.campaign, (
    select min(s.minutes)
    from unnest(array[5, 20, 60, 240, 1440, 4320]) as s (minutes)
    where f.delay <= make_interval(mins => s.minutes)
) as minutes
from (
    select a.lead, l.campaign, min(a.answered_at) - l.created_at as delay
    from dialer.attempt a
    join dialer.lead l on l.id = a.lead
    where a.reserved_at >= $4 and a.reserved_at < $5
      -- An id tells its time: so only these months are read.
      and a.id >= dialer.uuid7_floor($4::timestamptz - interval '1 hour')
      and a.id < dialer.uuid7_floor($5::timestamptz + interval '1 hour')
      and a.bridged_at is not null and not a.abandoned and coalesce(a.disposition, '') not in ('machine', 'assistant')
      and l.campaign = any($1::integer[]) and $2::date <= $3::date -- whatever these days
    group by a.lead, l.campaign, l.created_at
) f
