-- How agents of the campaign's ($1) groups spent [$2, $3) by the log of their states, seconds by state. A state lasts until
-- the agent's next entry, or to $3; of entries of one instant the last in the order of work counts.
with member as (
    select distinct m.agent
    from dialer.campaign_group g
    join dialer.agent_group_member m on m.agent_group = g.agent_group
    where g.campaign = $1
), entry as (
    select l.agent, l.state, l.since, true as is_new
    from dialer.agent_state_log l
    join member m on m.agent = l.agent
    where l.since >= $2 and l.since < $3
    union all
    select m.agent, b.state, $2::timestamptz, false
    from member m
    cross join lateral (
        select l.state
        from dialer.agent_state_log l
        where l.agent = m.agent and l.since < $2
        order by l.since desc, dialer.order_of_state(l.state) desc
        limit 1
    ) b
), spell as (
    select e.agent, e.state, e.since,
           coalesce(lead(e.since) over (partition by e.agent order by e.since, e.is_new, dialer.order_of_state(e.state)), $3) as until
    from entry e
)
select s.agent, s.state, sum(extract(epoch from s.until - s.since)) as seconds
from spell s
where s.until > s.since
group by s.agent, s.state
