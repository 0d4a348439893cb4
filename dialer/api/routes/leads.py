"""Orders in, leads out: add one or a batch, look, cancel, and check numbers without booking anything."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from pydantic_core import to_jsonable_python

from dialer.api.asking import Asker, Given, in_sight, needs
from dialer.api.forms import Form, Id, Short
from dialer.api.order_forms import BATCH_LIMIT, Batch, Body, Flaw, OneOrder, Order, understand
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.receipts import Key, once
from dialer.api.show import lead_body
from dialer.api.telling import tell_ready
from dialer.core.access import Principal, Right
from dialer.core.admission import NOT_SERVED
from dialer.core.events import LeadWithdrawn
from dialer.core.hours import own_zone
from dialer.core.ids import CampaignId, Instant, LeadId, ProjectId
from dialer.core.lead import NewLead
from dialer.core.numbering.zones import utc_offset
from dialer.core.order import BookedOrder, LeadRecord
from dialer.core.settings import CampaignSettings
from dialer.core.user import AuditEntry

SLICE = 25
"""Orders understood at a stretch: some 2 ms."""

router = APIRouter(prefix="/api/v1", tags=["leads"])


class Withdrawal(Form):
    reason: Annotated[str, Field(min_length=1, max_length=200)] = "cancelled"


class NumberCells(Form):
    phones: Annotated[list[Short], Field(min_length=1, max_length=BATCH_LIMIT)]
    postcode: Short = ""
    town: Short = ""
    region: Short = ""


@router.post("/leads", status_code=201, dependencies=[Depends(needs(Right.LEADS_WRITE))])
async def add_leads(
    body: Body, response: Response, given: Given, asker: Asker, idempotency_key: Key = None
) -> Mapping[str, Any]:
    """Add one order, or a batch with an answer for each.

    Idempotent by (project, external id): an order that was there already is answered `duplicate` and changes
    nothing; under an `Idempotency-Key` the very same answer comes again for a day. 201 where something was added, else
    200. One order that cannot be taken is 422; in a batch only that item is `rejected`. 429 with `Retry-After` where
    too many wait to be taken in. Dialable at once.
    """
    campaign = await campaign_in_sight(given, asker, body.campaign)

    async def work() -> tuple[int, Mapping[str, Any]]:
        async with given.turnstile.passed():
            answer = await _added(given, campaign, body)
        count = len(body.leads) if isinstance(body, Batch) else 1
        told = {"orders": str(count)}
        given.audit.note(AuditEntry(given.clock.now(), asker.name, "lead.add", str(campaign.id), told))
        return answer

    return await once(given, asker, idempotency_key, lambda: to_jsonable_python(body), response, work)


async def _added(given: Ports, campaign: CampaignSettings, body: OneOrder | Batch) -> tuple[int, Mapping[str, Any]]:
    orders: Sequence[Order | Flaw] = body.leads if isinstance(body, Batch) else [body]
    answers = await _book(given, campaign, orders)
    status = 201 if any(answer["status"] in ("added", "needs_decision") for answer in answers) else 200
    if isinstance(body, Batch):
        return status, {"items": answers, "totals": _totals(answers)}
    if answers[0]["status"] == "rejected" and answers[0]["reason"] == NOT_SERVED:
        raise Problem(
            422,
            "not-served",
            "The order lies outside the regions that the project serves.",
            "Look at the project's served regions: GET /api/v1/projects/{id}/admission.",
        )
    if answers[0]["status"] == "rejected":
        raise Problem(
            422,
            "number-refused",
            f"No number of this order can be dialled: {answers[0]['reason']}.",
            "Give a Russian number of 10 digits, or the town or postcode that restores the area code.",
        )
    return status, answers[0]


@router.get("/leads/{lead}", dependencies=[Depends(needs(Right.LEADS_READ))])
async def show_lead(lead: str, given: Given, asker: Asker) -> dict[str, Any]:
    """The lead with its attempts. The look is written to the audit log: these are a person's data."""
    record = await lead_in_sight(given, asker, lead)
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "lead.look", record.lead))
    return lead_body(record)


@router.get("/leads", dependencies=[Depends(needs(Right.LEADS_READ))])
async def find_lead(
    project: Id,
    external_id: Annotated[str, Query(min_length=1, max_length=200)],
    given: Given,
    asker: Asker,
) -> dict[str, Any]:
    """The lead of this order."""
    in_sight(asker, ProjectId(project), "project", project)
    found = await given.leads.find(ProjectId(project), external_id)
    if found is None:
        raise not_found("lead", external_id)
    return await show_lead(found, given, asker)


@router.delete("/leads/{lead}", status_code=202, dependencies=[Depends(needs(Right.LEADS_WRITE))])
async def cancel_lead(lead: str, given: Given, asker: Asker, body: Withdrawal | None = None) -> dict[str, Any]:
    """Cancel the order: a waiting lead is taken out, a ringing call is hung up, an agent in talk is told."""
    record = await lead_in_sight(given, asker, lead)
    reason = body.reason if body is not None else "cancelled"
    now = given.clock.now()
    await given.leads.withdraw(record.lead, reason)
    withdrawn(given, record.lead)
    await given.users.audit(AuditEntry(now, asker.name, "lead.cancel", record.lead))
    return lead_body(await lead_in_sight(given, asker, lead))


@router.post("/numbers/check", tags=["numbers"], dependencies=[Depends(needs(Right.NUMBERS))])
async def check_numbers(body: NumberCells, given: Given) -> dict[str, Any]:
    """What each text is as a Russian number: nothing is booked. The words are those of `dialer numbers`.

    `zone` is the person's own, `zones` are all that must be open; `utc_offset` is in hours, now.
    """
    now = given.clock.now()
    return {
        "numbers": [
            {"input": cell, **found._asdict(), "utc_offset": utc_offset(found.zone, now) if found.zone else None}
            for cell in body.phones
            for found in given.check_number(cell, body.postcode, body.town, body.region)
        ]
    }


# ---- shared with other routes


async def campaign_in_sight(given: Ports, asker: Principal, campaign: int) -> CampaignSettings:
    """The campaign; 404 where there is none, or none that the asker may see."""
    found = await given.campaigns.campaign(CampaignId(campaign))
    if found is None:
        raise not_found("campaign", campaign)
    in_sight(asker, found.project, "campaign", campaign)
    return found


async def lead_in_sight(given: Ports, asker: Principal, lead: str) -> LeadRecord:
    found = await given.leads.lead(LeadId(lead))
    if found is None:
        raise not_found("lead", lead)
    in_sight(asker, found.project, "lead", lead)
    return found


def withdrawn(given: Ports, lead: LeadId) -> None:
    """The Floor ends a ringing call; the desk tells an agent in talk."""
    given.room.feed(LeadWithdrawn(at=given.clock.now(), lead=lead))
    given.desk.withdrawn(lead)


# ---- inside


async def _book(given: Ports, campaign: CampaignSettings, orders: Sequence[Order | Flaw]) -> list[dict[str, Any]]:
    now = given.clock.now()
    served = (await given.admissions.of(campaign.project)).served
    understood = await _understood(given, orders, served)
    new = [order for order in understood if isinstance(order, NewLead)]
    booked = iter(await _with_their_data(given, campaign.id, orders, understood, now) if new else ())
    answers = []
    for order, result in zip(orders, understood, strict=True):
        if isinstance(result, str):
            answers.append({"external_id": order.external_id, "status": "rejected", "reason": result})
        else:
            answers.append(_answer(result, next(booked)))
    if any(answer["status"] == "added" for answer in answers):
        await tell_ready(given, campaign)
    return answers


async def _understood(
    given: Ports, orders: Sequence[Order | Flaw], served: frozenset[str] | None
) -> list[NewLead | str]:
    """Slice by slice: a thousand numbers take a tenth of a second, and somebody may be answering a call meanwhile."""
    found: list[NewLead | str] = []
    for start in range(0, len(orders), SLICE):
        found += [
            understand(order, given.check_number, given.new_id, given.region_of, served)
            for order in orders[start : start + SLICE]
        ]
        await asyncio.sleep(0)  # noqa: TID251 - the other tasks have their turn
    return found


async def _with_their_data(
    given: Ports,
    campaign: CampaignId,
    orders: Sequence[Order | Flaw],
    understood: Sequence[NewLead | str],
    now: Instant,
) -> Sequence[BookedOrder]:
    """The leads, each with what is ordered; what came with a lead that was there already goes again."""
    new = [one for one in understood if isinstance(one, NewLead)]
    data = {
        lead.id: order.order.data()
        for order, lead in zip(orders, understood, strict=True)
        if isinstance(order, Order) and isinstance(lead, NewLead) and order.order is not None
    }
    await given.intake.put_orders(data)
    booked = await given.leads.add(campaign, new, now)
    known = {lead.id for lead, one in zip(new, booked, strict=True) if one.duplicate}
    await given.intake.drop_orders(sorted(known))
    asked = {
        lead.id: min(order.asked_at.timestamp(), now)  # a shop's clock may be ahead of ours
        for order, lead in zip(orders, understood, strict=True)
        if isinstance(order, Order) and isinstance(lead, NewLead) and order.asked_at is not None
    }
    await given.intake.put_asked({lead: at for lead, at in asked.items() if lead not in known})
    return booked


def _answer(order: NewLead, booked: BookedOrder) -> dict[str, Any]:
    status = "duplicate" if booked.duplicate else "needs_decision" if order.question else "added"
    return {
        "external_id": order.external_id,
        "status": status,
        "duplicate": booked.duplicate,
        "lead": booked.lead,
        "state": booked.state,
        "numbers": [phone.number for phone in order.phones],
        "zone": own_zone(order.phones[0].zone or "") or None if order.phones else None,
    }


def _totals(answers: list[dict[str, Any]]) -> dict[str, int]:
    words = ("added", "duplicate", "needs_decision", "rejected")
    return {word: sum(answer["status"] == word for answer in answers) for word in words}
