"""Delivery slots in the books: providers' settings, and holds. Every method may raise DatabaseAway."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from dialer.core.ids import AttemptId, Instant, LeadId, ProjectId
from dialer.core.slots import Hold, HoldId, HoldState, Order, Provider, Template
from dialer.store.db import Database
from dialer.store.errors import Unknown
from dialer.store.sql import load
from dialer.store.uuid7 import is_uuid

TEMPLATES = ("ask", "reserve", "release")
NOT_KEPT = ("project", "networks")
"""What of a provider is no setting of its own."""

_Q = load("slots")


@dataclass(frozen=True, slots=True)
class Due:
    """A hold to give back, and since when it exists."""

    hold: Hold
    made_at: Instant


class SlotBooks:
    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- providers

    async def provider(self, project: ProjectId) -> Provider | None:
        async with self._database.connection() as conn:
            row = await _Q["provider"].row(conn, project=project)
        return None if row is None else _provider(project, orjson.loads(row["settings"]), tuple(row["networks"]))

    async def save_provider(self, provider: Provider, now: Instant) -> None:
        """Unknown (project)."""
        settings = {name: value for name, value in asdict(provider).items() if name not in NOT_KEPT}
        async with self._database.connection() as conn:
            kept = await _Q["save_provider"].value(
                conn, project=provider.project, settings=orjson.dumps(settings).decode(), now=now
            )
        if kept is None:
            raise Unknown(f"there is no project {provider.project}")

    async def drop_provider(self, project: ProjectId) -> bool:
        """False where there was none."""
        async with self._database.connection() as conn:
            return await _Q["drop_provider"].value(conn, project=project) is not None

    # ---- holds

    async def order(self, attempt: AttemptId, lead: LeadId | None = None) -> Order | None:
        """The attempt's order, or another one of its project; None where there is none."""
        if not is_uuid(attempt) or (lead is not None and not is_uuid(lead)):
            return None
        async with self._database.connection() as conn:
            row = await _Q["order"].row(conn, attempt=attempt, lead=lead)
        return None if row is None else Order(attempt, **{**row, "fields": orjson.loads(row["fields"])})

    async def open_hold(self, order: Order) -> Hold | None:
        """What is held for this order now."""
        async with self._database.connection() as conn:
            row = await _Q["open_hold"].row(conn, attempt=order.attempt, lead=order.lead)
        return None if row is None else Hold(HoldId(row["id"]), order, row["day"], row["interval"], row["until"])

    async def begin(self, hold: Hold, now: Instant) -> None:
        """Before the courier is asked; what was held for the same order is to be given back."""
        async with self._database.connection() as conn:
            await _Q["begin_hold"].run(
                conn,
                id=hold.id,
                project=hold.order.project,
                attempt=hold.order.attempt,
                lead=hold.order.lead,
                day=hold.day,
                interval=hold.interval,
                until=hold.until,
                now=now,
            )

    async def held(self, hold: HoldId) -> bool:
        """The courier has it; False where the place was given up meanwhile."""
        async with self._database.connection() as conn:
            return await _Q["held"].value(conn, id=hold) is not None

    async def renew(self, hold: HoldId, until: Instant) -> bool:
        async with self._database.connection() as conn:
            return await _Q["renew"].value(conn, id=hold, until=until) is not None

    async def end(self, hold: HoldId, state: HoldState, now: Instant) -> bool:
        """`releasing`, `released` or `lost`; False where it is over or was kept."""
        async with self._database.connection() as conn:
            return await _Q["end_hold"].value(conn, id=hold, state=state.value, now=now) is not None

    async def keep(self, now: Instant) -> None:
        """What was agreed and saved is kept; what was not, and leases that ran out, are to be given back."""
        async with self._database.connection() as conn:
            await _Q["keep"].run(conn, now=now)

    async def to_release(self, now: Instant, again: Instant, bound: int) -> list[Due]:
        """The next ones to give back; they come again then, unless they have ended."""
        async with self._database.connection() as conn:
            rows = await _Q["to_release"].rows(conn, now=now, again=again, bound=bound)
        return [
            Due(
                Hold(
                    HoldId(row["id"]),
                    Order(
                        AttemptId(row["attempt"]), LeadId(row["lead"]), ProjectId(row["project"]), row["external_id"]
                    ),
                    row["day"],
                    row["interval"],
                    row["until"],
                    row["tries"],
                ),
                row["made_at"],
            )
            for row in rows
        ]


def _provider(project: ProjectId, told: Mapping[str, Any], networks: tuple[str, ...]) -> Provider:
    templates = {name: Template(**told[name]) for name in TEMPLATES if told.get(name)}
    rest = {name: value for name, value in told.items() if name not in TEMPLATES}
    rest["full_statuses"] = tuple(rest["full_statuses"])
    return Provider(project, **{**rest, **templates}, networks=networks)
