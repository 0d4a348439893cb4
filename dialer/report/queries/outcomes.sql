-- Settled attempts by what the network said.
select outcome, count(*) as attempts
from dialer.attempt
where campaign = $1 and outcome is not null
  and reserved_at >= coalesce($2, '-infinity'::timestamptz) and reserved_at < coalesce($3, 'infinity'::timestamptz)
group by outcome
order by attempts desc, outcome
