-- What the agents said in the campaign ($1): the kept sums of the days [$2, $3], and what they do not hold.
with part as (
    select r.disposition, r.attempts
    from dialer.report_day r
    where r.campaign = $1 and r.day between $2 and $3 and r.disposition <> ''
    union all
    select u.disposition, 1
    from unsummed u
    where u.disposition is not null
), said as (
    select p.disposition as code, sum(p.attempts)::bigint as attempts
    from part p
    group by p.disposition
)
select s.code, coalesce(d.label, s.code) as label, s.attempts
from said s
join dialer.campaign c on c.id = $1
left join lateral (
    select label, position from dialer.disposition
    where code = s.code and (project = c.project or project is null)
    order by project nulls last
    limit 1
) d on true
order by s.attempts desc, d.position nulls last, s.code
