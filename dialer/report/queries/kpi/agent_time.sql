-- Seconds of agents by state within [$4, $5) and the days [$2, $3] of the campaigns $1, from the log of their states. A
-- state lasts until the agent's next entry, a day at most; of entries of one instant the last in the order of work counts.
with period as (
    select greatest(min($2::date::timestamp at time zone p.zone), $4) as since,
           least(max(($3::date + 1)::timestamp at time zone p.zone), now(), $5) as until
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = any($1::integer[])
), entry as (
    select l.agent, l.state, l.since
    from period p
    join dialer.agent_state_log l on l.since >= p.since and l.since < p.until
    union all
    select g.id, b.state, b.since
    from dialer.agent g
    cross join period p
    cross join lateral (
        select l.state, l.since
        from dialer.agent_state_log l
        where l.agent = g.id and l.since < p.since and l.since >= p.since - interval '1 day'
        order by l.since desc, dialer.order_of_state(l.state) desc
        limit 1
    ) b
), spell as (
    select e.agent, e.state, e.since,
           least(lead(e.since) over (partition by e.agent order by e.since, dialer.order_of_state(e.state)),
                 e.since + interval '1 day') as until
    from entry e
)
select s.agent, s.state, sum(extract(epoch from least(s.until, p.until) - greatest(s.since, p.since))) as seconds
from spell s
cross join period p
where least(s.until, p.until) > greatest(s.since, p.since)
group by s.agent, s.state
