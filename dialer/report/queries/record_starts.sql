-- The decisions of a campaign ($1) in [$2, $3) that started calls.
select extract(epoch from d.at)::float8 as at, d.calls_to_start
from dialer.decision d
where d.campaign = $1 and d.at >= $2 and d.at < $3 and d.calls_to_start > 0
order by d.at, d.server
