-- How agents of the campaign's groups spent [$2, $3): seconds by state, and calls of this campaign. The time of a state
-- runs until the agent's next entry, or to $3.
with member as (
    select distinct m.agent
    from dialer.campaign_group g
    join dialer.agent_group_member m on m.agent_group = g.agent_group
    where g.campaign = $1
), spell as (
    select l.agent, l.state,
           greatest(l.since, $2) as since,
           least(coalesce(lead(l.since) over (partition by l.agent order by l.since), $3), $3) as until
    from dialer.agent_state_log l
    join member m on m.agent = l.agent
    where l.since < $3
      and l.since >= coalesce(
          (select max(before.since) from dialer.agent_state_log before where before.agent = l.agent and before.since <= $2),
          '-infinity'::timestamptz)
), spent as (
    select agent, state, sum(extract(epoch from until - since))::float8 as seconds
    from spell
    where until > since
    group by agent, state
), calls as (
    select agent,
           count(*) filter (where not abandoned) as connected,
           coalesce(sum(extract(epoch from ended_at - bridged_at)), 0)::float8 as talk_s
    from dialer.attempt
    where campaign = $1 and bridged_at is not null and agent is not null and reserved_at >= $2 and reserved_at < $3
    group by agent
)
select m.agent,
       coalesce(c.connected, 0) as connected,
       coalesce(c.talk_s, 0) as campaign_talk_s,
       coalesce(sum(s.seconds) filter (where s.state = 'talking'), 0) as talk_s,
       coalesce(sum(s.seconds) filter (where s.state = 'wrap_up'), 0) as wrap_up_s,
       coalesce(sum(s.seconds) filter (where s.state in ('ready', 'previewing', 'reserved')), 0) as idle_s,
       coalesce(sum(s.seconds) filter (where s.state = 'paused'), 0) as paused_s,
       coalesce(sum(s.seconds) filter (where s.state in ('calling', 'lost')), 0) as away_s
from member m
left join calls c on c.agent = m.agent
left join spent s on s.agent = m.agent
group by m.agent, c.connected, c.talk_s
order by m.agent
