-- Settled attempts of the campaign ($1) by what the network said: the kept sums of the days [$2, $3], and what they do not
-- hold.
with part as (
    select r.outcome, r.attempts
    from dialer.report_day r
    where r.campaign = $1 and r.day between $2 and $3
    union all
    select u.outcome, 1
    from unsummed u
    where u.outcome is not null
)
select p.outcome, sum(p.attempts)::bigint as attempts
from part p
group by p.outcome
order by attempts desc, p.outcome
