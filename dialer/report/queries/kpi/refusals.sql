-- Why people refused, on the days [$2, $3], also their other orders.
select f.disposition as code, min(d.label) as label, sum(f.attempts)::bigint as calls,
       sum(f.others)::bigint as others, sum(f.attempts + f.others)::bigint as results,
       sum(sum(f.attempts + f.others)) over ()::bigint as refusals
from facts f
join dictionary d on d.campaign = f.campaign and d.code = f.disposition and d.is_refusal
where f.day between $2 and $3
group by f.disposition
order by results desc, code
