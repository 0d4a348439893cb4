-- How the agents of a campaign's ($1) groups worked in [$2, $3), days being those of the zone $4, as one row: where it
-- needs a skill, only those who have it, or took its calls then. Seconds at work of all of them, seconds from the first's
-- coming to the last's going on each day, days, and how long they wrote.
with member as (
    select distinct m.agent
    from dialer.campaign_group g
    join dialer.agent_group_member m on m.agent_group = g.agent_group
    join dialer.campaign c on c.id = g.campaign
    where g.campaign = $1
      and (
          c.skill is null
          or exists (
              select from dialer.agent_skill s
              where s.agent = m.agent and s.skill = c.skill and s.level >= c.skill_level
          )
          or exists (
              select from dialer.agent_state_log l
              join dialer.attempt a on a.id = l.attempt
              where l.agent = m.agent and l.since >= $2 and l.since < $3 and a.campaign = $1
          )
      )
), spell as (
    select l.state, l.since, (l.since at time zone $4)::date as day,
           lead(l.since) over (partition by l.agent order by l.since, dialer.order_of_state(l.state)) as until
    from dialer.agent_state_log l
    join member m on m.agent = l.agent
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
