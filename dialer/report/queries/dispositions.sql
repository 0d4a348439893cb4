-- What the agents said.
select a.disposition as code, coalesce(d.label, a.disposition) as label, count(*) as attempts
from dialer.attempt a
join dialer.campaign c on c.id = a.campaign
left join lateral (
    select label, position from dialer.disposition
    where code = a.disposition and (project = c.project or project is null)
    order by project nulls last
    limit 1
) d on true
where a.campaign = $1 and a.disposition is not null
  and a.reserved_at >= coalesce($2, '-infinity'::timestamptz) and a.reserved_at < coalesce($3, 'infinity'::timestamptz)
group by a.disposition, d.label, d.position
order by attempts desc, d.position nulls last, code
