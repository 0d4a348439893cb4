-- How those whose work tells of a campaign ($1) worked in [$2, $3), days being those of the zone $4, as one row: seconds at
-- work of all of them, seconds from the first's coming to the last's going on each day, days, and how long they wrote.
with spell as (
    select l.state, l.since, (l.since at time zone $4)::date as day,
           lead(l.since) over (partition by l.agent order by l.since, dialer.order_of_state(l.state)) as until
    from dialer.agent_state_log l
    join dialer.members($1, $2, $3) m (agent) on m.agent = l.agent
    where l.since >= $2 and l.since < $3
), told as (
    select day, extract(epoch from sum(until - since))::float8 as at_work_s,
           extract(epoch from max(until) - min(since))::float8 as shift_s,
           avg(extract(epoch from until - since)::float8) filter (where state = 'wrap_up') as wrap_s,
           stddev_samp(extract(epoch from until - since)::float8) filter (where state = 'wrap_up') as wrap_sd_s
    from spell
    where until is not null and state in ('ready', 'previewing', 'reserved', 'talking', 'wrap_up')
    group by grouping sets ((day), ())
)
select coalesce(sum(at_work_s) filter (where day is not null), 0)::float8 as at_work_s,
       coalesce(sum(shift_s) filter (where day is not null), 0)::float8 as shift_s,
       count(day) as days,
       max(wrap_s) filter (where day is null) as wrap_s,
       max(wrap_sd_s) filter (where day is null) as wrap_sd_s
from told
