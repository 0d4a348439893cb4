"""Notices in the books: steps of campaigns, gateways of projects, and each on its way. Every method: DatabaseAway.

At most once: what a daemon has in hand is taken by no other, and what it had in hand when it died is never sent again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson
from asyncpg import Record
from asyncpg.exceptions import ForeignKeyViolationError

from dialer.core.ids import AttemptId, CampaignId, Instant, LeadId, ProjectId
from dialer.core.notices import Channel, Gateway, Notice, NoticeRecord, NoticeState, NoticeStep
from dialer.core.outcome import Outcome
from dialer.core.slots import Template
from dialer.store.campaign_rows import calendar_from_json
from dialer.store.db import Database
from dialer.store.errors import Unknown
from dialer.store.sql import load
from dialer.store.uuid7 import is_uuid

LOST_BOUND = 100

_Q = load("notices")


class NoticeBooks:
    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- settings

    async def steps(self, campaign: CampaignId) -> list[NoticeStep]:
        async with self._database.connection() as conn:
            rows = await _Q["steps"].rows(conn, campaign=campaign)
        return [_step(row) for row in rows]

    async def set_steps(self, campaign: CampaignId, steps: Sequence[NoticeStep]) -> None:
        """These in place of all. Raises Unknown."""
        try:
            async with self._database.transaction() as conn:
                await _Q["clear_steps"].run(conn, campaign=campaign)
                for step in steps:
                    await _Q["add_step"].run(
                        conn,
                        campaign=campaign,
                        name=step.name,
                        channel=step.channel.value,
                        outcomes=sorted(outcome.value for outcome in step.after),
                        times=step.times,
                        template=step.text,
                        subject=step.subject,
                        address=step.address,
                    )
        except ForeignKeyViolationError as error:
            raise Unknown(f"there is no campaign {campaign}") from error

    async def gateway(self, project: ProjectId) -> Gateway | None:
        async with self._database.connection() as conn:
            row = await _Q["gateway"].row(conn, project=project)
        if row is None:
            return None
        told = orjson.loads(row["settings"])
        return Gateway(project, **{**told, "send": Template(**told["send"])}, networks=tuple(row["networks"]))

    async def save_gateway(self, gateway: Gateway, now: Instant) -> None:
        """Raises Unknown (project)."""
        settings = {"send": asdict(gateway.send), "sender": gateway.sender, "is_idempotent": gateway.is_idempotent}
        async with self._database.connection() as conn:
            text = orjson.dumps(settings).decode()
            if await _Q["save_gateway"].value(conn, project=gateway.project, settings=text, now=now) is None:
                raise Unknown(f"there is no project {gateway.project}")

    async def drop_gateway(self, project: ProjectId) -> bool:
        async with self._database.connection() as conn:
            return await _Q["drop_gateway"].value(conn, project=project) is not None

    # ---- on their way

    async def lanes(self, now: Instant) -> list[int]:
        """Where something is due: 0 is the mail server, any other number the project whose gateway it is."""
        async with self._database.connection() as conn:
            return [row["lane"] for row in await _Q["lanes"].rows(conn, now=now)]

    async def take(self, lane: int, now: Instant, until: Instant, bound: int) -> list[Notice]:
        """Those that are due in this lane, into this daemon's hand until then."""
        async with self._database.connection() as conn:
            rows = await _Q["take"].rows(conn, lane=lane, now=now, until=until, bound=bound)
        return [_notice(row) for row in rows]

    async def wait(self, notice: int, until: Instant, reason: str = "", *, counts: bool = False) -> None:
        """Not now. `counts`: it was tried, and surely did not go."""
        async with self._database.connection() as conn:
            await _Q["wait"].run(conn, id=notice, next_try_at=until, reason=reason, counts=counts)

    async def close(self, notice: int, state: NoticeState, reason: str, now: Instant) -> None:
        """What became of it, with the event that tells the client; once."""
        async with self._database.connection() as conn:
            await _Q["close"].run(conn, id=notice, state=state.value, reason=reason, now=now)

    async def close_lost(self, now: Instant) -> int:
        """Those in the hand of a daemon that is gone may have gone out: how many."""
        async with self._database.connection() as conn:
            lost = [row["id"] for row in await _Q["lost"].rows(conn, now=now, bound=LOST_BOUND)]
        for notice in lost:
            await self.close(notice, NoticeState.UNKNOWN, "daemon_gone", now)
        return len(lost)

    async def prune(self, before: Instant) -> int:
        """Forget those that were over before then; how many."""
        return await self._database.in_slices(_Q["prune"], before=before)

    # ---- looked at

    async def of_lead(self, lead: LeadId) -> list[NoticeRecord]:
        """The oldest first."""
        if not is_uuid(lead):
            return []
        async with self._database.connection() as conn:
            rows = await _Q["of_lead"].rows(conn, lead=lead)
        return [
            NoticeRecord(**{**row, "channel": Channel(row["channel"]), "state": NoticeState(row["state"])})
            for row in rows
        ]

    async def tally(self, campaign: CampaignId) -> list[Mapping[str, Any]]:
        """How many of each step came to what."""
        async with self._database.connection() as conn:
            return [dict(row) for row in await _Q["tally"].rows(conn, campaign=campaign)]


def _step(row: Record) -> NoticeStep:
    return NoticeStep(
        row["name"] if "name" in row else row["step"],
        Channel(row["channel"]),
        frozenset(Outcome(outcome) for outcome in row["outcomes"]),
        row["times"],
        row["template"],
        row["subject"],
        row["address"],
    )


def _notice(row: Record) -> Notice:
    fields = {name.casefold(): str(value) for name, value in orjson.loads(row["fields"]).items()}
    own = {
        "person": row["person"],
        "order": row["external_id"],
        "region": row["region"],
        "project": row["project_name"],
    }
    return Notice(
        id=row["id"],
        lead=LeadId(row["lead"]),
        project=ProjectId(row["project"]),
        campaign=CampaignId(row["campaign"]),
        attempt=AttemptId(row["attempt"]),
        step=row["step"],
        made_at=row["made_at"],
        tries=row["tries"],
        wanted=None if row["channel"] is None else _step(row),
        calendar=calendar_from_json(row["calendar"]),
        zone=row["zone"] or None,
        lead_state=row["lead_state"],
        lead_reason=row["lead_reason"],
        forbidden=row["forbidden"],
        numbers=tuple(row["numbers"]),
        values={**fields, **own},
    )
