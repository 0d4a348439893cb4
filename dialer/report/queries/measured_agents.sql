-- How the agents of a campaign's ($1) groups worked in [$2, $3), days being those of the zone $4, as one row: seconds at
-- work of all of them, seconds from the first's coming to the last's going on each day, days, and how long they wrote.
with member as (
    select distinct m.agent
    from dialer.campaign_group g
    join dialer.agent_group_member m on m.agent_group = g.agent_group
    where g.campaign = $1
), spell as (
    select l.state, l.since, (l.since at time zone $4)::date as day,
           lead(l.since) over (partition by l.agent order by l.since, array_position(
               array['calling', 'talking', 'wrap_up', 'ready', 'previewing', 'reserved', 'paused', 'offline', 'lost'], l.state)) as until
    from dialer.agent_state_log l
    join member m on m.agent = l.agent
    where l.since >= $2 and l.since < $3
), at_work as (
    select day, since, until, state
    from spell
    where until is not null and state in ('ready', 'previewing', 'reserved', 'talking', 'wrap_up')
), shift as (
    select day, extract(epoch from sum(until - since))::float8 as at_work_s,
           extract(epoch from max(until) - min(since))::float8 as shift_s
    from at_work
    group by day
)
select (select coalesce(sum(at_work_s), 0) from shift)::float8 as at_work_s,
       (select coalesce(sum(shift_s), 0) from shift)::float8 as shift_s,
       (select count(*) from shift) as days,
       (select avg(extract(epoch from until - since))::float8 from at_work where state = 'wrap_up') as wrap_s,
       (select stddev_samp(extract(epoch from until - since))::float8 from at_work where state = 'wrap_up') as wrap_sd_s
