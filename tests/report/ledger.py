"""The figures of one campaign counted call by call out of the ledger: what its report is compared with."""

from typing import Any

from dialer.report.statements import Conn

PERIOD = (
    "campaign = $1 and ($2::timestamptz is null or reserved_at >= $2) and ($3::timestamptz is null or reserved_at < $3)"
)

TOTALS = f"""
with attempt as (
    select *, answered_at is not null and coalesce(disposition, '') not in ('machine', 'assistant') as by_person,
           bridged_at is not null and not abandoned as connected
    from dialer.attempt
    where {PERIOD}
)
select count(*) as attempts, count(*) filter (where outcome is null) as live,
       count(*) filter (where dialled_at is not null) as dialled,
       count(*) filter (where answered_at is not null) as answered,
       count(*) filter (where by_person) as answered_by_person,
       count(*) filter (where connected) as connected, count(*) filter (where abandoned) as abandoned,
       count(*) filter (where silent) as silent, count(*) filter (where caller_left) as caller_left,
       count(*) filter (where late_joined) as late_joined, count(distinct lead) as leads_tried,
       count(distinct lead) filter (where connected and by_person) as leads_reached,
       coalesce(sum(extract(epoch from ended_at - bridged_at)), 0)::float8 as talk_s,
       (percentile_cont(0.5) within group (order by extract(epoch from bridged_at - answered_at))
           filter (where connected))::float8 as wait_median_s,
       (percentile_cont(0.99) within group (order by extract(epoch from bridged_at - answered_at))
           filter (where connected))::float8 as wait_p99_s,
       min(reserved_at) as first_at, max(coalesce(ended_at, settled_at, reserved_at)) as last_at
from attempt
"""

OUTCOMES = f"select outcome, count(*) as attempts from dialer.attempt where {PERIOD} and outcome is not null group by 1"

DISPOSITIONS = f"""
select disposition as code, count(*) as attempts
from dialer.attempt
where {PERIOD} and disposition is not null
group by 1
"""

REACH = f"""
select attempt_no, count(*) as attempts, count(distinct lead) as leads,
       count(distinct lead) filter (where bridged_at is not null and not abandoned
           and coalesce(disposition, '') not in ('machine', 'assistant')) as leads_reached
from dialer.attempt
where {PERIOD} and uses_attempt
group by attempt_no
order by attempt_no
"""

AGENTS = """
with member as (
    select distinct m.agent
    from dialer.campaign_group g
    join dialer.agent_group_member m on m.agent_group = g.agent_group
    where g.campaign = $1
), spell as (
    select l.agent, l.state, greatest(l.since, $2) as since,
           least(coalesce(lead(l.since) over (partition by l.agent order by l.since, array_position(
               array['calling', 'talking', 'wrap_up', 'ready', 'previewing', 'reserved', 'paused', 'offline', 'lost'],
               l.state)), $3), $3) as until
    from dialer.agent_state_log l
    join member m on m.agent = l.agent
    where l.since < $3
), spent as (
    select agent, state, sum(extract(epoch from until - since)) as seconds
    from spell
    where until > since
    group by agent, state
), calls as (
    select agent, count(*) filter (where not abandoned) as connected,
           coalesce(sum(extract(epoch from ended_at - bridged_at)), 0)::float8 as talk_s
    from dialer.attempt
    where campaign = $1 and bridged_at is not null and agent is not null and reserved_at >= $2 and reserved_at < $3
    group by agent
)
select m.agent, coalesce(c.connected, 0) as connected, coalesce(c.talk_s, 0) as campaign_talk_s,
       coalesce(sum(s.seconds) filter (where s.state = 'talking'), 0)::float8 as talk_s,
       coalesce(sum(s.seconds) filter (where s.state = 'wrap_up'), 0)::float8 as wrap_up_s,
       coalesce(sum(s.seconds) filter (where s.state in ('ready', 'previewing', 'reserved')), 0)::float8 as idle_s,
       coalesce(sum(s.seconds) filter (where s.state = 'paused'), 0)::float8 as paused_s,
       coalesce(sum(s.seconds) filter (where s.state in ('calling', 'lost')), 0)::float8 as away_s
from member m
left join calls c on c.agent = m.agent
left join spent s on s.agent = m.agent
group by m.agent, c.connected, c.talk_s
order by m.agent
"""


async def counted(conn: Conn, *period: Any) -> dict[str, Any]:
    """Of a campaign within [since, until), None: open."""
    totals = await conn.fetchrow(TOTALS, *period)
    assert totals is not None
    campaign, since, until = period
    on_duty = (campaign, since or totals["first_at"], until or totals["last_at"])
    return {
        "totals": dict(totals),
        "outcomes": {row["outcome"]: row["attempts"] for row in await conn.fetch(OUTCOMES, *period)},
        "reach": [dict(row) for row in await conn.fetch(REACH, *period)],
        "dispositions": {row["code"]: row["attempts"] for row in await conn.fetch(DISPOSITIONS, *period)},
        "agents": [dict(row) for row in await conn.fetch(AGENTS, *on_duty)],
    }
