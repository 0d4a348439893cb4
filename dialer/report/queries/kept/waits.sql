-- When the attempts of the campaigns $1 reserved in [$4, $5) began and ended, and how long each call that was joined in
-- time waited for its agent, by day. $2 and $3: any days.
select a.campaign, (a.reserved_at at time zone p.zone)::date as day, min(a.reserved_at) as first_at,
       max(coalesce(a.ended_at, a.settled_at, a.reserved_at)) as last_at,
       coalesce(array_agg(extract(epoch from a.bridged_at - a.answered_at)::float8)
                filter (where a.bridged_at is not null and a.answered_at is not null and not a.abandoned), '{}') as waits_s
from dialer.attempt a
join dialer.campaign c on c.id = a.campaign
join dialer.project p on p.id = c.project
where a.reserved_at >= $4 and a.reserved_at < $5
  and a.id >= dialer.uuid7_floor($4::timestamptz - interval '1 hour')
  and a.id < dialer.uuid7_floor($5::timestamptz + interval '1 hour')
  and a.campaign = any($1::integer[]) and $2::date <= $3::date
group by 1, 2
