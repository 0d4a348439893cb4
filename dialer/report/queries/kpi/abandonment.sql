-- Abandonment by day of the answer, on the days [$2, $3], with the worst 30 minutes (windows that begin at an answered
-- minute and hold 20 answers at least). Read from the ledger by the minute, which every settlement keeps.
with scope as (
    select c.id as campaign, c.name, p.zone
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = any($1::integer[])
), minute as (
    select s.campaign, s.name, (m.minute at time zone s.zone)::date as day, m.answered, m.abandoned,
           sum(m.answered) over half_hour as answered_30, sum(m.abandoned) over half_hour as abandoned_30
    from scope s
    join dialer.abandonment m on m.campaign = s.campaign
        and m.minute >= ($2::date::timestamp at time zone s.zone) and m.minute < (($3::date + 1)::timestamp at time zone s.zone)
    window half_hour as (partition by s.campaign order by m.minute
                         range between current row and interval '29 minutes' following)
)
select m.day, m.campaign, m.name, sum(m.answered)::bigint as answered, sum(m.abandoned)::bigint as abandoned,
       (max(m.abandoned_30::numeric / m.answered_30) filter (where m.answered_30 >= 20))::float8 as worst_30min
from minute m
group by m.day, m.campaign, m.name
order by m.day, m.campaign
