"""Whether a lead may be called now, why not and when: the answer of the one gate before every call."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends

from dialer.api.asking import Asker, Given, needs
from dialer.api.ports import Ports
from dialer.api.problems import not_found
from dialer.api.routes.leads import lead_in_sight
from dialer.api.show import instant
from dialer.core.access import Right
from dialer.core.hours import Allow, Deny
from dialer.core.ids import Instant, LeadId
from dialer.core.modes import MANUAL
from dialer.core.permit import Callee, may_dial, objections
from dialer.core.settings import CampaignSettings
from dialer.core.states import CampaignState
from dialer.core.turn import turn as estimate

router = APIRouter(prefix="/api/v1", tags=["leads"])


@router.get("/leads/{lead}/may-dial", dependencies=[Depends(needs(Right.LEADS_READ))])
async def may_be_dialled(lead: str, given: Given, asker: Asker, turn: bool = False) -> dict[str, Any]:
    """Whether the gate lets the lead be called now, and every reason that holds, the decisive one first.

    `opens_at` is when it may be called if nobody does anything; null: never, or only after somebody acts. `waived`: the
    hours are closed and do not bind this call, because its customer has just asked for it. `campaign_runs` false:
    whatever the gate says, nothing is dialled until the campaign is started.

    With `turn`, an estimate of when it will be dialled, where the campaign runs and the lead waits for nobody: how many
    go before it (`ahead`, counted to 100,000), the campaign's pace (`calls` started in the last `span_s`), and the
    range from `earliest` to `latest`. Both are null where no call was started lately; `latest` where too few were. In
    mode `manual` there is none: agents call whom they choose.
    """
    record = await lead_in_sight(given, asker, lead)
    found = await given.leads.callee(record.lead)
    settings = await given.campaigns.campaign(record.campaign)
    if found is None or settings is None:
        raise not_found("lead", lead)
    now, callee = given.clock.now(), found[1]
    answer = may_dial(settings, callee, now)
    opens = answer.next_at if isinstance(answer, Deny) else now
    runs = settings.state is CampaignState.RUNNING
    return {
        "lead": record.lead,
        "may_dial": isinstance(answer, Allow),
        "waived": isinstance(answer, Allow) and answer.waived,
        "opens_at": instant(opens),
        "reasons": list(dict.fromkeys(deny.reason for deny in objections(settings, callee, now))),
        "campaign_runs": runs,
        "number_rests_until": None if callee.rests_until in (None, float("inf")) else instant(callee.rests_until),
        "turn": await _turn(given, record.lead, settings, callee, opens)
        if turn and runs and opens is not None and settings.mode != MANUAL
        else None,
    }


async def _turn(
    given: Ports, lead: LeadId, settings: CampaignSettings, callee: Callee, opens: Instant
) -> dict[str, Any]:
    now = given.clock.now()
    queue = await given.leads.queue(lead, settings, opens, now)
    found = estimate(settings, callee, now, queue)
    return {
        **asdict(queue),
        "earliest": instant(found.earliest if found else None),
        "latest": instant(found.latest if found else None),
    }
