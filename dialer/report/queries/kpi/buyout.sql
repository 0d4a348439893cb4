-- Orders that the courier told of on the days [$2, $3], by the delay from the receipt to the first contact of the lead.
with scope as (
    select c.id as campaign, p.zone
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = any($1::integer[])
), told as (
    select distinct on (b.lead) b.lead, b.kind, coalesce(b.paid_kopecks, 0) as paid_kopecks, l.created_at
    from dialer.feedback b
    join dialer.lead l on l.id = b.lead
    join scope s on s.campaign = l.campaign
    where b.kind in ('delivered', 'not_delivered') and (b.told_at at time zone s.zone)::date between $2 and $3
    order by b.lead, b.told_at desc, b.received_at desc
), delayed as (
    select t.*, (
        select min(a.answered_at) - t.created_at
        from dialer.attempt a
        where a.lead = t.lead and a.id >= a.lead and a.bridged_at is not null and not a.abandoned
          and coalesce(a.disposition, '') not in ('machine', 'assistant')
    ) as delay
    from told t
)
select b.minutes, count(*) filter (where d.kind = 'delivered') as delivered, count(d.lead) as told,
       coalesce(sum(d.paid_kopecks) filter (where d.kind = 'delivered'), 0)::bigint as paid_kopecks
from delayed d
cross join lateral (
    select min(s.minutes) as minutes
    from unnest(array[5, 20, 60, 240, 1440, 4320]) as s (minutes)
    where d.delay <= make_interval(mins => s.minutes)
) b
group by b.minutes
order by b.minutes nulls last
