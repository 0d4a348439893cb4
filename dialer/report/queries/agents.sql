-- Calls of the campaign ($1) by each agent of its groups: the kept sums of the days [$2, $3], and what they do not hold and
-- was reserved before $4.
with part as (
    select r.agent, r.calls, r.talk_s
    from dialer.report_agent r
    where r.campaign = $1 and r.day between $2 and $3
    union all
    select r.agent, 0, r.talk_s
    from dialer.report_late r
    where r.campaign = $1 and r.day between $2 and $3
    union all
    select u.agent, u.connected::integer, extract(epoch from u.ended_at - u.bridged_at)
    from unsummed u
    where u.bridged_at is not null and u.agent is not null and u.reserved_at < $4
), calls as (
    select p.agent, sum(p.calls)::bigint as connected, coalesce(sum(p.talk_s), 0)::float8 as talk_s
    from part p
    group by p.agent
)
select m.agent, coalesce(c.connected, 0) as connected, coalesce(c.talk_s, 0) as campaign_talk_s
from (
    select distinct m.agent
    from dialer.campaign_group g
    join dialer.agent_group_member m on m.agent_group = g.agent_group
    where g.campaign = $1
) m
left join calls c on c.agent = m.agent
order by m.agent
