"""Orders in, beside the lists: receipts, order data, changes of leads that wait. Every method: DatabaseAway."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import orjson

from dialer.core.goods import OrderData
from dialer.core.ids import CampaignId, Instant, LeadId
from dialer.core.intake import ChangeOf, LeadChange, Receipt, WaitingLead
from dialer.store.db import Database
from dialer.store.forgetting import recall
from dialer.store.sql import Conn, load
from dialer.store.uuid7 import is_uuid

KEPT_S = 24 * 3600.0
"""How long a repeated request gets the first answer."""

_Q = load("intake")


class IntakeBooks:
    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- receipts

    async def receipt(self, sender: str, key: str, now: Instant) -> Receipt | None:
        """The answer that this sender's key was given within the last day."""
        async with self._database.connection() as conn:
            row = await _Q["receipt"].row(conn, sender=sender, key=key, since=now - KEPT_S)
        return None if row is None else Receipt(row["fingerprint"], row["status"], orjson.loads(row["answer"]))

    async def keep(self, sender: str, key: str, receipt: Receipt, now: Instant) -> bool:
        """False where somebody else's answer stands already."""
        async with self._database.connection() as conn:
            kept = await _Q["keep_receipt"].value(
                conn,
                sender=sender,
                key=key,
                fingerprint=receipt.fingerprint,
                status=receipt.status,
                answer=orjson.dumps(receipt.answer).decode(),
                now=now,
                since=now - KEPT_S,
            )
        return kept is not None

    async def prune(self, now: Instant) -> None:
        """Old receipts go; and orders whose leads never came, for the books failed between the two."""
        async with self._database.connection() as conn:
            await _Q["prune_receipts"].run(conn, before=now - KEPT_S)
            await _Q["prune_orders"].run(conn, now=now)

    # ---- orders

    async def put_orders(self, orders: Mapping[LeadId, OrderData]) -> None:
        """Before their leads: no lead is ever there without its order."""
        if orders:
            async with self._database.connection() as conn:
                await put_orders(conn, orders)

    async def drop_orders(self, leads: Sequence[LeadId]) -> None:
        """Of leads that were not added after all."""
        if leads:
            async with self._database.connection() as conn:
                await _Q["drop_orders"].run(conn, leads=list(leads))

    async def put_asked(self, asked: Mapping[LeadId, Instant]) -> None:
        """When the customers of these leads asked to be called."""
        if asked:
            async with self._database.connection() as conn:
                await _Q["put_asked"].run(conn, leads=list(asked), at=list(asked.values()))

    async def change(self, lead: LeadId, change_of: ChangeOf) -> CampaignId | None:
        """Change a lead that nobody calls just now; None where it is in a call, over, or unknown: nothing was done.

        `change_of` is told the lead as it is booked; it stays so until it is changed. What it raises undoes everything.
        """
        if not is_uuid(lead):
            return None
        async with self._database.transaction() as conn:
            held = await _Q["hold_waiting"].row(conn, lead=lead)
            if held is None:
                return None
            numbers = [row["number"] for row in await _Q["numbers"].rows(conn, lead=lead)]
            change = change_of(WaitingLead(held["region"], orjson.loads(held["fields"]), tuple(numbers)))
            await _change(conn, lead, change)
            if change.phones:
                await recall(conn, self._database.pseudonyms, (phone.number for phone in change.phones))
                await _put_phones(conn, lead, change)
        return CampaignId(held["campaign"])


async def put_orders(conn: Conn, orders: Mapping[LeadId, OrderData]) -> None:
    data = [orjson.dumps(asdict(order)).decode() for order in orders.values()]
    await _Q["put_orders"].run(conn, leads=list(orders), data=data)


async def _change(conn: Conn, lead: LeadId, change: LeadChange) -> None:
    """All of it but for new phones."""
    await _Q["change_lead"].run(
        conn,
        lead=lead,
        person=change.person,
        region=change.region,
        priority=change.priority,
        not_before=change.not_before,
        sets_expiry=change.sets_expiry,
        expires_at=change.expires_at,
        fields=orjson.dumps(change.fields).decode(),
        gone=sorted(change.gone),
    )
    if change.order is not None:
        await put_orders(conn, {lead: change.order})
    if change.zones:
        zones = list(change.zones.values())
        await _Q["add_zones"].run(conn, zones=zones)
        await _Q["bind_phones"].run(conn, lead=lead, numbers=list(change.zones), zones=zones)
        await _Q["bind_lead"].run(conn, lead=lead)


async def _put_phones(conn: Conn, lead: LeadId, change: LeadChange) -> None:
    zones = [phone.zone or "" for phone in change.phones]
    await _Q["add_zones"].run(conn, zones=zones)
    await _Q["drop_phones"].run(conn, lead=lead)
    await _Q["put_phones"].run(
        conn,
        lead=lead,
        numbers=[phone.number for phone in change.phones],
        zones=zones,
        kinds=[phone.kind for phone in change.phones],
        extensions=[phone.extension for phone in change.phones],
    )
    await _Q["point_at_first"].run(conn, lead=lead)
