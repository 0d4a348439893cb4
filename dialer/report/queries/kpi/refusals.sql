-- Why people refused, on the days [$2, $3].
select f.disposition as code, min(d.label) as label, sum(f.attempts)::bigint as calls,
       sum(sum(f.attempts)) over ()::bigint as refusals
from facts f
join dictionary d on d.campaign = f.campaign and d.code = f.disposition and d.is_refusal
where f.day between $2 and $3
group by f.disposition
order by calls desc, code
