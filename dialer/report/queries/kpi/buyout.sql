-- Orders that the courier told of on the days [$2, $3], by the delay from the receipt to the first contact of the lead.
with scope as materialized (
    select p.id as project, $2::date::timestamp at time zone p.zone as since,
           ($3::date + 1)::timestamp at time zone p.zone as until
    from dialer.project p
    where exists (select from dialer.campaign c where c.project = p.id and c.id = any($1::integer[]))
), told as (
    select distinct on (b.lead) b.lead, b.kind, coalesce(b.paid_kopecks, 0) as paid_kopecks
    from scope s
    join dialer.feedback b on b.project = s.project
    where b.kind in ('delivered', 'not_delivered')
      and b.told_at >= s.since and b.told_at < s.until
    order by b.lead, b.told_at desc, b.received_at desc
), delayed as (
    select t.*, c.minutes, coalesce(c.campaign, (select l.campaign from dialer.lead l where l.id = t.lead)) as campaign
    from told t
    left join contacted c on c.lead = t.lead
)
select d.minutes, count(*) filter (where d.kind = 'delivered') as delivered, count(*) as told,
       coalesce(sum(d.paid_kopecks) filter (where d.kind = 'delivered'), 0)::bigint as paid_kopecks
from delayed d
where d.campaign = any($1::integer[])
group by d.minutes
order by d.minutes nulls last
