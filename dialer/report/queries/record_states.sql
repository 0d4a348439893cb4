-- What those whose work tells of the campaign ($1) did in [$2, $3), with the state in which each came into it. States of one
-- instant stand in the order in which they follow one another.
with member (agent) as (
    select * from dialer.members($1, $2, $3)
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
