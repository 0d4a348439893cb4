-- How agents of the campaigns' groups spent the days [$2, $3], in all campaigns, seconds; and what they did in these ones.
with scope as (
    select c.id as campaign, c.project, p.zone
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
), spent as (
    select t.agent, coalesce(sum(t.seconds) filter (where t.state = 'talking'), 0) as talk_s,
           coalesce(sum(t.seconds) filter (where t.state = 'wrap_up'), 0) as wrap_up_s,
           coalesce(sum(t.seconds) filter (where t.state in ('ready', 'previewing', 'reserved')), 0) as idle_s,
           coalesce(sum(t.seconds) filter (where t.state = 'paused'), 0) as paused_s,
           coalesce(sum(t.seconds) filter (where t.state in ('calling', 'lost')), 0) as away_s
    from agent_time t
    join member m on m.agent = t.agent
    group by t.agent
), waited as (
    select h.agent, sum(extract(epoch from least(h.until, p.until) - greatest(h.since, p.since)))::float8 as hold_s
    from member m
    cross join period p
    join dialer.hold h on h.agent = m.agent and h.since < p.until and h.until > p.since
                      and h.since >= p.since - interval '1 day'
    group by h.agent
), said as (
    select distinct on (s.campaign, d.code) s.campaign, d.code, d.effect = 'done' and not d.is_refusal as is_agreement
    from scope s
    join dialer.disposition d on d.project = s.project or d.project is null
    order by s.campaign, d.code, d.project nulls last
), done as (
    select b.agent, sum(b.calls)::bigint as calls, sum(b.contacts)::bigint as contacts,
           coalesce(sum(case when d.is_agreement then b.calls + b.others end), 0)::bigint as agreements
    from by_agent b
    left join said d on d.campaign = b.campaign and d.code = b.disposition
    where b.day between $2 and $3
    group by b.agent
)
select g.id as agent, g.name, coalesce(d.calls, 0) as calls, coalesce(d.contacts, 0) as contacts,
       coalesce(d.agreements, 0) as agreements, coalesce(s.talk_s, 0)::float8 as talk_s, coalesce(w.hold_s, 0) as hold_s,
       coalesce(s.wrap_up_s, 0)::float8 as wrap_up_s, coalesce(s.idle_s, 0)::float8 as idle_s,
       coalesce(s.paused_s, 0)::float8 as paused_s, coalesce(s.away_s, 0)::float8 as away_s,
       coalesce(s.talk_s + s.wrap_up_s, 0)::float8 as busy_s,
       coalesce(s.talk_s + s.wrap_up_s + s.idle_s + s.away_s, 0)::float8 as on_duty_s
from spent s
full join done d on d.agent = s.agent
left join waited w on w.agent = s.agent
join dialer.agent g on g.id = coalesce(s.agent, d.agent)
order by g.id
