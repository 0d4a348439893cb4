-- The same over the whole hours [$2, $3), from the kept sums: by the hour, by the day of UTC in [$4, $5), and what of the
-- states that lasted longer than a day is in neither.
with member as (
    select distinct m.agent
    from dialer.campaign_group g
    join dialer.agent_group_member m on m.agent_group = g.agent_group
    where g.campaign = $1
), last as (
    select m.agent, b.state, b.since
    from member m
    cross join lateral (
        select l.state, l.since
        from dialer.agent_state_log l
        where l.agent = m.agent and l.since < $3
        order by l.since desc, dialer.order_of_state(l.state) desc
        limit 1
    ) b
), long as (
    select g.agent, g.state, g.since + interval '1 day' as since, g.until
    from dialer.report_long_state g
    where g.until < $3
    union all
    select l.agent, l.state, l.since + interval '1 day', $3
    from last l
), part as (
    select t.agent, t.state, t.seconds
    from dialer.report_time t
    where t.hour >= $2 and t.hour < $4 or t.hour >= $5 and t.hour < $3
    union all
    select t.agent, t.state, t.seconds
    from dialer.report_time_day t
    where t.day >= ($4 at time zone 'UTC')::date and t.day < ($5 at time zone 'UTC')::date
    union all
    select l.agent, l.state, extract(epoch from l.until - greatest(l.since, $2))
    from long l
    where l.until > greatest(l.since, $2)
)
select p.agent, p.state, sum(p.seconds) as seconds
from part p
join member m on m.agent = p.agent
group by p.agent, p.state
