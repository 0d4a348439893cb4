"""What the books know of a lead that bears on whether it may be called, for the gate (`core.permit`)."""

from dialer.core.ids import CampaignId, LeadId
from dialer.core.outcome import LeadState
from dialer.core.permit import Callee
from dialer.store.sql import Conn, load
from dialer.store.uuid7 import is_uuid

_Q = load("callees")


async def callee(conn: Conn, lead: LeadId) -> tuple[CampaignId, Callee] | None:
    """Its campaign and its facts; None where there is no such lead."""
    row = await _Q["callee"].row(conn, lead=lead) if is_uuid(lead) else None
    if row is None:
        return None
    facts = {**row, "state": LeadState(row["state"]), "zone": row["zone"] or None}
    return CampaignId(facts.pop("campaign")), Callee(**facts)
