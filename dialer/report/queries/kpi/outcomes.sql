-- What the network said of the settled attempts of the days [$2, $3].
select f.outcome, sum(f.attempts)::bigint as attempts, sum(sum(f.attempts)) over ()::bigint as settled
from facts f
where f.day between $2 and $3 and f.outcome <> ''
group by f.outcome
order by attempts desc, f.outcome
