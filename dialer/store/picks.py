"""Leads for an agent to choose from: what is due, or what he asks for by an order's number or a phone."""

from collections.abc import Iterable, Sequence

from dialer.core.hours import open_zones
from dialer.core.ids import AgentId, Instant, LeadId
from dialer.core.picks import Pick
from dialer.core.settings import CampaignSettings
from dialer.masking import mask_numbers
from dialer.store.callees import callee
from dialer.store.sql import Conn, load

_Q = load("picks")


async def due(
    conn: Conn, campaigns: Iterable[CampaignSettings], agent: AgentId, now: Instant, bound: int
) -> list[Pick]:
    """The first that are due in each campaign, in its order; calls that somebody else promised are left out."""
    found: list[Pick] = []
    for campaign in campaigns:
        zones = list(open_zones(campaign.calendar, now))
        rows = await _Q["due"].rows(
            conn, campaign=campaign.id, open_zones=zones, agent=agent, now=now, bound=bound - len(found)
        )
        found += await _picks(conn, [row["lead"] for row in rows], now)
    return found


async def called_so(
    conn: Conn,
    campaigns: Sequence[CampaignSettings],
    external_id: str,
    numbers: Sequence[str],
    now: Instant,
    bound: int,
) -> list[Pick]:
    """The order with this number and those with these phones, whatever their state; open ones first."""
    rows = await _Q["called_so"].rows(
        conn,
        projects=list({campaign.project for campaign in campaigns}),
        campaigns=[campaign.id for campaign in campaigns],
        external_id=external_id,
        numbers=list(numbers),
        bound=bound,
    )
    return await _picks(conn, [row["lead"] for row in rows], now)


async def pick(conn: Conn, lead: LeadId, now: Instant) -> Pick | None:
    """As a desk may see it: numbers masked where the project says so. None where there is no such lead."""
    known = await callee(conn, lead)
    if known is None:
        return None
    row = await _Q["shown"].row(conn, lead=lead, now=now)
    assert row is not None
    external_id, person = row["external_id"], row["person"]
    if row["masks_numbers"]:
        external_id, person = external_id and mask_numbers(external_id), mask_numbers(person)
    return Pick(
        lead=LeadId(row["lead"]),
        campaign=known[0],
        external_id=external_id,
        person=person,
        callee=known[1],
        promised_by=None if row["promised_by"] is None else AgentId(row["promised_by"]),
    )


async def _picks(conn: Conn, leads: Sequence[str], now: Instant) -> list[Pick]:
    return [found for lead in leads if (found := await pick(conn, LeadId(lead), now)) is not None]
