-- What the agents said on the days [$2, $3].
select f.disposition as code, coalesce(min(d.label), f.disposition) as label, sum(f.attempts)::bigint as calls,
       sum(sum(f.attempts)) over ()::bigint as disposed
from facts f
left join dictionary d on d.campaign = f.campaign and d.code = f.disposition
where f.day between $2 and $3 and f.disposition <> ''
group by f.disposition
order by calls desc, code
