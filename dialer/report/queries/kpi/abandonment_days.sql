-- Abandonment by day of the answer, on the days [$2, $3] that are over for half an hour in [$4, $5), with the worst 30
-- minutes (windows that begin at an answered minute and hold 20 answers at least; they may end on the next day). Read
-- from the ledger by the minute, which every settlement keeps.
with scope as (
    select c.id as campaign, p.zone
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = any($1::integer[])
), minute as (
    select s.campaign, (m.minute at time zone s.zone)::date as day, s.zone, m.answered, m.abandoned,
           sum(m.answered) over half_hour as answered_30, sum(m.abandoned) over half_hour as abandoned_30
    from scope s
    join dialer.abandonment m on m.campaign = s.campaign
        and m.minute >= greatest($2::date::timestamp at time zone s.zone, $4::timestamptz - interval '2 days')
        and m.minute < least(($3::date + 1)::timestamp at time zone s.zone + interval '30 minutes', $5::timestamptz)
    window half_hour as (partition by s.campaign order by m.minute
                         range between current row and interval '29 minutes' following)
)
select m.campaign, m.day, sum(m.answered)::bigint as answered, sum(m.abandoned)::bigint as abandoned,
       (max(m.abandoned_30::numeric / m.answered_30) filter (where m.answered_30 >= 20))::float8 as worst_30min
from minute m
where m.day between $2 and $3
  and (m.day + 1)::timestamp at time zone m.zone + interval '30 minutes' >= $4
  and (m.day + 1)::timestamp at time zone m.zone + interval '30 minutes' < $5
group by m.campaign, m.day
