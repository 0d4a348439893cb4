"""Manual calls: an agent chooses a lead, and has it called. For campaigns in which agents start the calls.

What he picks is claimed for him under the gates of any call and then is on his screen as a preview is (`preview`): he
looks, and dials or skips. The wish is answered 202; what came of it is told by the desk's WebSocket (`state`, `pop`,
`pick_refused`).
"""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from dialer.api.asking import Asker, Given
from dialer.api.forms import Form
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.agents import DESK, Number, agent_at_desk, note_another
from dialer.api.show import instant
from dialer.core.hours import Deny
from dialer.core.ids import AgentId, Instant, LeadId
from dialer.core.modes import BY_HAND
from dialer.core.permit import may_dial
from dialer.core.picks import Pick
from dialer.core.settings import CampaignSettings
from dialer.core.skills import may_serve
from dialer.core.staff import AgentRecord
from dialer.core.states import CampaignState
from dialer.core.user import AuditEntry
from dialer.core.wishes import LeadPicked

MOST = 9
PROMISED = "promised"
"""Another agent has promised to make this call himself, and his time for it is not over."""

router = APIRouter(prefix="/api/v1", tags=["agents"])


class Picked(Form):
    lead: Annotated[str, Field(min_length=36, max_length=36)]


@router.get("/agents/{agent}/picks", dependencies=DESK)
async def picks(
    agent: Number,
    given: Given,
    asker: Asker,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=0, le=MOST)] = MOST,
) -> dict[str, Any]:
    """Leads that the agent may choose from, and the running campaigns that they are of.

    Without `q` those that are due, in each campaign his own promised calls first. `q` is an order's number or a phone,
    as it stands in any list: then those that are called so, whatever their state. `reason` says why a lead may not be
    called now, and `opens_at` when it may; with `limit=0` only the campaigns. Each lead shown is a look at a person's
    data and stands in the audit.
    """
    record = await agent_at_desk(given, asker, agent)
    among, now = await _by_hand(given, record), given.clock.now()
    found = await _found(given, record, among, q.strip(), now, limit) if among and limit else ()
    for pick in found:
        given.audit.note(AuditEntry(now, asker.name, "lead.look", pick.lead))
    settings = {campaign.id: campaign for campaign in among}
    return {
        "campaigns": [{"id": one.id, "name": one.name, "mode": one.mode} for one in among],
        "leads": [_shown(pick, settings[pick.campaign], record.id, now) for pick in found],
    }


@router.post("/agents/{agent}/pick", status_code=202, dependencies=DESK)
async def pick(agent: Number, body: Picked, given: Given, asker: Asker) -> dict[str, Any]:
    """Claim this lead for the agent and show it to him; he may be ready or paused. 409 where it may not be called."""
    record, now = await agent_at_desk(given, asker, agent), given.clock.now()
    found = await given.leads.pick(LeadId(body.lead), now)
    campaign = next((one for one in await _by_hand(given, record) if found and one.id == found.campaign), None)
    if found is None or campaign is None:
        raise not_found("lead", body.lead)
    reason, opens_at = _refusal(found, campaign, record.id, now)
    if reason:
        when = f" It may be from {instant(opens_at)}." if opens_at is not None else ""
        raise Problem(
            409,
            "may-not-dial",
            f"The lead may not be called now: {reason}.{when}",
            "Choose another, or come back to it.",
        )
    given.room.feed(LeadPicked(at=now, agent=record.id, campaign=campaign.id, lead=found.lead))
    note_another(given, asker, "agent.pick", record.id, lead=found.lead)
    return {"agent": agent, "lead": found.lead}


async def _by_hand(given: Ports, agent: AgentRecord) -> Sequence[CampaignSettings]:
    """Running campaigns of his in which agents start the calls; those in which nothing is offered first."""
    groups, skills = frozenset(agent.groups), tuple(agent.skills.items())
    return sorted(
        (
            one
            for one in await given.campaigns.all()
            if one.state is CampaignState.RUNNING and one.mode in BY_HAND and may_serve(groups, skills, one)
        ),
        key=lambda one: (one.mode, one.id),
    )


async def _found(
    given: Ports, agent: AgentRecord, among: Sequence[CampaignSettings], words: str, now: Instant, limit: int
) -> Sequence[Pick]:
    if not words:
        return await given.leads.due_picks(among, agent.id, now, limit)
    numbers = [one.number for one in given.check_number(words, "", "", "") if one.number]
    return await given.leads.picks_called(among, words, numbers, now, limit)


def _shown(pick: Pick, campaign: CampaignSettings, agent: AgentId, now: Instant) -> dict[str, Any]:
    reason, opens_at = _refusal(pick, campaign, agent, now)
    return {
        "lead": pick.lead,
        "campaign": pick.campaign,
        "external_id": pick.external_id,
        "person": pick.person,
        "state": pick.callee.state,
        "last": pick.callee.reason,
        "attempts": pick.callee.attempts,
        "promised_by": pick.promised_by,
        "reason": reason,
        "opens_at": instant(opens_at),
    }


def _refusal(pick: Pick, campaign: CampaignSettings, agent: AgentId, now: Instant) -> tuple[str, Instant | None]:
    """Why it may not be called now, empty where it may; and when it may be."""
    answer = may_dial(campaign, pick.callee, now)
    if isinstance(answer, Deny):
        return answer.reason, answer.next_at
    if pick.promised_by not in (None, agent):
        return PROMISED, None
    return "", now
