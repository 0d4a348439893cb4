-- States that lasted longer than a day and were left in [$1, $2).
with entry as (
    select l.agent, l.since, lag(l.since) over work as last_since
    from dialer.agent_state_log l
    where l.since >= $1 and l.since < $2
    window work as (partition by l.agent order by l.since, dialer.order_of_state(l.state))
)
select e.agent, b.since, e.since as until, b.state
from entry e
cross join lateral (
    select l.state, l.since
    from dialer.agent_state_log l
    where l.agent = e.agent and l.since < $1
    order by l.since desc, dialer.order_of_state(l.state) desc
    limit 1
) b
where e.last_since is null and e.since - b.since > interval '1 day'
