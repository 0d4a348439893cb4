-- The latest pacing decisions of a campaign ($1), at most $2, the newest first.
select at, server, strategy, calls_to_start, wished, reason, inputs
from dialer.decision
where campaign = $1
order by at desc, server
limit $2
