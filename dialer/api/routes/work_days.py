"""The production calendar's corrections: what a decree or a regional holiday changed, told by the operator himself."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import Form
from dialer.api.law_check import too_long
from dialer.api.ports import Ports
from dialer.api.problems import not_found
from dialer.api.show import instant
from dialer.api.telling import UNDER_WAY, changed
from dialer.core.access import Principal, Right
from dialer.core.user import AuditEntry
from dialer.core.work_days import WorkDay, corrections_of
from dialer.production_calendar import corrected

router = APIRouter(prefix="/api/v1", tags=["campaigns"])


class Correction(Form):
    works: bool
    """One works on this day; false: it is a day off."""
    reason: Annotated[str, Field(min_length=3, max_length=500)]
    """The decree, or the law of the region; audited with your name."""


@router.get("/work-days", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def list_work_days(given: Given) -> dict[str, Any]:
    """The operator's own corrections to the Russian production calendar; it stands for all other days."""
    return {"corrections": [_body(one) for one in await given.work_days.all()]}


@router.put("/work-days/{day}", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def correct_work_day(day: date, body: Correction, given: Given, asker: Asker) -> dict[str, Any]:
    """Say whether one works on this day. Every campaign that follows the production calendar does so at once.

    `campaigns`: whose hours it changed. `looser`: campaigns with dates of their own that are now open longer than their
    law allows: change their hours by hand.
    """
    now = given.clock.now()
    await given.work_days.put(WorkDay(day, body.works, body.reason, asker.name, now))
    return {"day": day, "works": body.works, **await _applied(given, asker, day, body.reason)}


@router.delete("/work-days/{day}", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def forget_correction(day: date, given: Given, asker: Asker) -> dict[str, Any]:
    """The day is again what the production calendar says."""
    if not await given.work_days.drop(day):
        raise not_found("correction", day.isoformat())
    return {"day": day, **await _applied(given, asker, day, "")}


async def _applied(given: Ports, asker: Principal, day: date, reason: str) -> dict[str, Any]:
    now = given.clock.now()
    corrections = corrections_of(await given.work_days.all())
    touched, looser = [], []
    for settings in await given.campaigns.all():
        calendar = corrected(settings.calendar, corrections)
        if calendar != settings.calendar:
            settings = await given.campaigns.save(replace(settings, calendar=calendar))
            touched.append(settings.id)
            if settings.state in UNDER_WAY:
                given.room.feed(await changed(given, settings))
        if too_long(settings, now, corrections):
            looser.append(settings.id)
    told = {"reason": reason, "works": str(corrections.get(day, "")), "campaigns": str(touched)}
    await given.users.audit(AuditEntry(now, asker.name, "work-day.correct", day.isoformat(), told))
    return {"campaigns": touched, "looser": looser}


def _body(one: WorkDay) -> dict[str, Any]:
    return {"day": one.day, "works": one.works, "reason": one.reason, "by": one.by, "at": instant(one.at)}
