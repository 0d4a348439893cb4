-- What the agents said on the days [$2, $3], also of the person's other orders.
select f.disposition as code, coalesce(min(d.label), f.disposition) as label, sum(f.attempts)::bigint as calls,
       sum(f.others)::bigint as others, sum(f.attempts + f.others)::bigint as results,
       sum(sum(f.attempts + f.others)) over ()::bigint as disposed
from facts f
left join dictionary d on d.campaign = f.campaign and d.code = f.disposition
where f.day between $2 and $3 and f.disposition <> ''
group by f.disposition
order by results desc, code
