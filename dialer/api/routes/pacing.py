"""What was decided and what came of it: pacing decisions in words, and the proof of a day's abandonments."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from itertools import chain
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import Id, Moment
from dialer.api.routes.leads import campaign_in_sight
from dialer.api.show import instant
from dialer.core.access import Right
from dialer.core.effects import BookDecision
from dialer.core.explaining import sentence
from dialer.core.hours import tz_of
from dialer.core.proof import Proof, as_csv
from dialer.core.standing import Standing, added_up
from dialer.core.states import CampaignState

NOON = time(12)

router = APIRouter(prefix="/api/v1", tags=["campaigns"], dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])


@router.get("/campaigns/{campaign}/decisions")
async def show_decisions(
    campaign: Id,
    given: Given,
    asker: Asker,
    at: Moment | None = None,
    last: Annotated[int, Query(ge=1, le=1000)] = 20,
    language: Literal["ru", "en"] = "ru",
) -> dict[str, Any]:
    """Why so many calls were started: the latest decisions, or with `at` those in force at that moment.

    The last minutes are kept whole; before them a sample: every decision that started calls, others now and then.
    """
    found = (await campaign_in_sight(given, asker, campaign)).id
    moment = None if at is None else at.timestamp()
    kept = given.reasons.latest(found, last) if moment is None else given.reasons.in_force(found, moment)
    decisions = kept or await given.campaigns.decisions(found, moment, last)
    return {"decisions": [_body(effect, english=language == "en") for effect in decisions]}


@router.get("/campaigns/{campaign}/why")
async def show_standing(campaign: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """Where the campaign's leads stand: every lead in one line, so that the counts add up to `leads`; by list likewise.

    `kind`: `now` may be dialled as soon as pacing starts a call, `in_call`, `waits` comes back by itself (the first of
    them at `opens_at`), `person` somebody has to act, `over`. `after` is what came before a wait.
    """
    settings = await campaign_in_sight(given, asker, campaign)
    found = await given.lists.standing(settings)
    lists = [one for one in await given.lists.of_campaign(settings.id) if one.id in found]
    return {
        "campaign": settings.id,
        "campaign_runs": settings.state is CampaignState.RUNNING,
        **_standing(added_up(chain.from_iterable(found.values()))),
        "lists": [{"list": one.id, "name": one.name, **_standing(found[one.id])} for one in lists],
    }


@router.get("/campaigns/{campaign}/abandonment", response_model=None)
async def show_abandonment(
    campaign: Id, given: Given, asker: Asker, day: date | None = None, format: Literal["json", "csv"] = "json"
) -> Response | dict[str, Any]:
    """The proof of a calendar day in the project's zone (today without `day`): every abandoned call, its reason, the
    ledger's sums and the budget in calls before and after. No personal data. `format=csv` is a file for Excel."""
    settings = await campaign_in_sight(given, asker, campaign)
    zone = tz_of(settings.zone)
    now = datetime.fromtimestamp(given.clock.now(), UTC).astimezone(zone)
    wanted = day or now.date()
    within = zone.localize(datetime.combine(wanted, NOON)).timestamp()
    found = await given.campaigns.proof(settings, within)
    if format == "json":
        head = {"campaign": settings.id, "day": wanted, "zone": str(zone), "ceiling_ratio": settings.ceiling_ratio}
        return {**head, "window": settings.ceiling_window, **_proof(found)}
    name = f"abandonment-{settings.id}-{wanted}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(as_csv(found, zone), media_type="text/csv; charset=utf-8", headers=headers)


def _standing(lines: Sequence[Standing]) -> dict[str, Any]:
    return {
        "leads": sum(one.leads for one in lines),
        "lines": [{**asdict(one), "opens_at": instant(one.opens_at)} for one in lines],
    }


def _body(effect: BookDecision, *, english: bool) -> dict[str, Any]:
    decision = effect.decision
    return {
        "at": instant(effect.at),
        "server": effect.server,
        "strategy": decision.strategy,
        "calls_to_start": decision.calls_to_start,
        "wished": decision.wished,
        "limited_by": decision.limited_by or None,
        "reason": sentence(decision, english=english),
        "inputs": dict(decision.inputs),
    }


def _proof(found: Proof) -> dict[str, Any]:
    lines = [
        {
            "at": instant(line.at),
            "attempt": line.attempt,
            "reason": line.why,
            "answered": line.answered,
            "abandoned": line.abandoned,
            "ratio": line.ratio,
            "budget_before": line.budget_before,
            "budget_after": line.budget_after,
        }
        for line in found.lines
    ]
    return {"answered": found.answered, "abandoned": found.abandoned, "calls": lines}
