-- What the agents of the campaign's ($1) groups did in [$2, $3), with the state in which each came into it. Where the
-- campaign needs a skill, only of those who have it, or took its calls that day. States of one instant stand in the order
-- in which they follow one another.
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
), told as (
    select l.agent, l.since, l.state, l.attempt
    from member m
    join dialer.agent_state_log l on l.agent = m.agent and l.since >= $2 and l.since < $3
    union all
    select b.agent, $2, b.state, b.attempt
    from member m
    cross join lateral (
        select l.agent, l.state, l.attempt
        from dialer.agent_state_log l
        where l.agent = m.agent and l.since < $2 and l.since >= $2::timestamptz - interval '1 day'
        order by l.since desc
        limit 1
    ) b
    where b.state <> 'offline'
)
select t.agent, extract(epoch from t.since)::float8 as at, t.state,
       coalesce((select a.campaign <> $1 from dialer.attempt a where a.id = t.attempt), false) as elsewhere
from told t
order by t.since, dialer.order_of_state(t.state), t.agent
