-- What agents did in calls of the campaigns $1 reserved in [$4, $5), on the days [$2, $3] of the project; and the results
-- of the person's other orders, given in calls, that fall into that time.
with scope as (
    select c.id as campaign, p.zone
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = any($1::integer[])
), done as (
    select a.campaign, (a.reserved_at at time zone s.zone)::date as day, a.agent, coalesce(a.disposition, '') as disposition,
           1 as calls, (coalesce(a.disposition, '') not in ('machine', 'assistant'))::integer as contacts, 0 as others,
           coalesce(extract(epoch from a.ended_at - a.bridged_at), 0)::numeric as talk_s
    from dialer.attempt a
    join scope s on s.campaign = a.campaign
    where a.reserved_at >= $4 and a.reserved_at < $5
      and a.id >= dialer.uuid7_floor($4::timestamptz - interval '1 hour')
      and a.id < dialer.uuid7_floor($5::timestamptz + interval '1 hour')
      and a.bridged_at is not null and not a.abandoned and a.agent is not null
    union all
    select l.campaign, (o.at at time zone s.zone)::date, a.agent, o.disposition, 0, 0, 1, 0
    from dialer.order_result o
    join dialer.lead l on l.id = o.lead
    join scope s on s.campaign = l.campaign
    join dialer.attempt a on a.id = o.attempt
    where o.at >= $4 and o.at < $5
      and o.attempt >= dialer.uuid7_floor($4::timestamptz - interval '1 day')
      and o.attempt < dialer.uuid7_floor($5::timestamptz + interval '1 hour')
      and a.agent is not null
)
select d.campaign, d.day, d.agent, d.disposition, sum(d.calls)::integer as calls, sum(d.contacts)::integer as contacts,
       sum(d.others)::integer as others, sum(d.talk_s) as talk_s
from done d
where d.day between $2 and $3
group by 1, 2, 3, 4
