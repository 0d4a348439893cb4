"""What the wallboard asks of the books now and then: agents' days, and whether fresh requests are called in time."""

from collections.abc import Mapping

from dialer.core.board import AgentDay, FreshDay
from dialer.core.ids import AgentId, CampaignId, Instant
from dialer.store import campaigns, first_calls
from dialer.store.sql import Conn, load

_Q = load("board")


async def agent_days(conn: Conn, now: Instant) -> Mapping[AgentId, AgentDay]:
    """Agents who had a talk since midnight in campaigns under way."""
    rows = await _Q["agents"].rows(conn, now=now)
    return {
        AgentId(row["agent"]): AgentDay(row["calls"], row["contacts"], row["agreements"], row["talk_s"]) for row in rows
    }


async def fresh_days(conn: Conn, now: Instant) -> Mapping[CampaignId, FreshDay]:
    """Campaigns under way that promise a first call within so long."""
    found: dict[CampaignId, FreshDay] = {}
    for row in await _Q["fresh"].rows(conn, now=now):
        settings = await campaigns.campaign(conn, CampaignId(row["campaign"]))
        late = await first_calls.late(conn, settings, now)
        waiting = sum(one.request.called_at is None for one in late)
        promised_s = settings.rules.first_call_s
        if promised_s is not None:
            found[settings.id] = FreshDay(promised_s, row["came"], len(late), waiting)
    return found
