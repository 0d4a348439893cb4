-- How agents of the campaigns' groups spent the days [$2, $3], in all campaigns, seconds; and their calls in these ones.
with scope as (
    select c.id as campaign, p.zone
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = any($1::integer[])
), period as (
    select min($2::date::timestamp at time zone s.zone) as since,
           least(max(($3::date + 1)::timestamp at time zone s.zone), now()) as until
    from scope s
), member as (
    select distinct m.agent
    from scope s
    join dialer.campaign_group g on g.campaign = s.campaign
    join dialer.agent_group_member m on m.agent_group = g.agent_group
), entry as (
    select l.agent, l.state, l.since
    from member m
    cross join period p
    join dialer.agent_state_log l on l.agent = m.agent and l.since >= p.since and l.since < p.until
    union all
    select m.agent, b.state, p.since
    from member m
    cross join period p
    cross join lateral (
        select l.state
        from dialer.agent_state_log l
        where l.agent = m.agent and l.since < p.since and l.since >= p.since - interval '1 day'
        order by l.since desc
        limit 1
    ) b
), spell as (
    select e.agent, e.state,
           extract(epoch from lead(e.since, 1, p.until) over (partition by e.agent order by e.since, array_position(
               array['calling', 'talking', 'wrap_up', 'ready', 'reserved', 'paused', 'offline', 'lost'], e.state))
               - e.since)::float8 as seconds
    from entry e
    cross join period p
), spent as (
    select s.agent, coalesce(sum(s.seconds) filter (where s.state = 'talking'), 0) as talk_s,
           coalesce(sum(s.seconds) filter (where s.state = 'wrap_up'), 0) as wrap_up_s,
           coalesce(sum(s.seconds) filter (where s.state in ('ready', 'reserved')), 0) as idle_s,
           coalesce(sum(s.seconds) filter (where s.state = 'paused'), 0) as paused_s,
           coalesce(sum(s.seconds) filter (where s.state in ('calling', 'lost')), 0) as away_s
    from spell s
    group by s.agent
)
select g.id as agent, g.name, s.talk_s, s.wrap_up_s, s.idle_s, s.paused_s, s.away_s,
       s.talk_s + s.wrap_up_s as busy_s, s.talk_s + s.wrap_up_s + s.idle_s + s.away_s as on_duty_s
from spent s
join dialer.agent g on g.id = s.agent
order by g.id
