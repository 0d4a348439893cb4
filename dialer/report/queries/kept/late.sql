-- Agents' talk in calls of the campaigns $1 reserved in [$4, $5) that were joined late, by day. $2 and $3: any days.
select a.campaign, (a.reserved_at at time zone p.zone)::date as day, a.agent,
       sum(extract(epoch from a.ended_at - a.bridged_at)) as talk_s
from dialer.attempt a
join dialer.campaign c on c.id = a.campaign
join dialer.project p on p.id = c.project
where a.reserved_at >= $4 and a.reserved_at < $5
  and a.id >= dialer.uuid7_floor($4::timestamptz - interval '1 hour')
  and a.id < dialer.uuid7_floor($5::timestamptz + interval '1 hour')
  and a.bridged_at is not null and a.abandoned and a.agent is not null and a.ended_at is not null
  and a.campaign = any($1::integer[]) and $2::date <= $3::date
group by 1, 2, 3
