-- Abandonment by day of the answer, with the worst 30 minutes of each day.
select a.day, a.campaign, c.name, a.answered, a.abandoned, a.worst_30min
from abandonment_days a
join dialer.campaign c on c.id = a.campaign
where a.campaign = any($1::integer[]) and a.day between $2 and $3
order by a.day, a.campaign
