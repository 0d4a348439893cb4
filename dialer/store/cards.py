"""Cards: what an agent is shown of the person on the line, read at the moment of the answer, in two round trips."""

import orjson

from dialer.core.callback import STEP_S, Opening, openings
from dialer.core.card import Card, DispositionChoice
from dialer.core.hours import Calendar
from dialer.core.ids import AttemptId, ProjectId
from dialer.core.masked import masked
from dialer.core.outcome import LeadEffect
from dialer.core.script import plain_script
from dialer.core.talk import Talk
from dialer.masking import mask_numbers
from dialer.store import campaigns, talks
from dialer.store.db import Database
from dialer.store.errors import Unknown
from dialer.store.sql import load
from dialer.store.uuid7 import is_uuid

_Q = load("front")


class Cards:
    """Over one database; every method may raise DatabaseAway."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._openings: dict[tuple[int, str | None], tuple[Calendar, tuple[Opening, ...]]] = {}
        self._openings_of = -1.0

    async def card(self, attempt: AttemptId) -> Card | None:
        """The card of this attempt, numbers masked where the project says so; None where there is no such attempt."""
        async with self._database.connection() as conn:
            try:
                talk = await talks.talk(conn, attempt)
            except Unknown:
                return None
            around = await talks.surroundings(conn, talk)
        told = dict(around.card)
        masks_numbers = told.pop("masks_numbers")
        card = Card(
            **{
                **told,
                "fields": orjson.loads(told["fields"]),
                "history": around.history,
                "dispositions": around.dictionary,
                "guide": talk.script or plain_script(told["greeting"], told["script"]),
                "script_version": talk.script_version,
                "form": talk.form,
                "form_version": talk.form_version,
                "orders": around.orders,
                "entered": around.entered,
                "openings": self._open_hours(talk),
            }
        )
        return masked(card, mask_numbers) if masks_numbers else card

    def _open_hours(self, talk: Talk) -> tuple[Opening, ...]:
        """What may be promised: two weeks looked through by quarters, once in each, for a calendar in a zone."""
        quarter = talk.now // STEP_S
        if quarter != self._openings_of:
            self._openings_of = quarter
            self._openings.clear()
        key = (id(talk.calendar), talk.zone)
        if key not in self._openings:  # the calendar is kept beside: its id stays its own
            self._openings[key] = (talk.calendar, openings(talk.calendar, talk.zone, talk.now))
        return self._openings[key][1]

    async def dispositions(self, project: ProjectId | None) -> list[DispositionChoice]:
        """The project's dictionary, or the default one."""
        async with self._database.connection() as conn:
            if project is not None:
                return await campaigns.dispositions(conn, project)
            rows = await _Q["default_dispositions"].rows(conn)
        return [DispositionChoice(**{**row, "effect": LeadEffect(row["effect"])}) for row in rows]

    async def of_attempt(self, attempt: AttemptId, code: str) -> DispositionChoice | None:
        """The disposition of this code in the dictionary of the attempt's project."""
        if not is_uuid(attempt):
            return None
        async with self._database.connection() as conn:
            row = await _Q["disposition_of"].row(conn, attempt=attempt, code=code)
        return None if row is None else DispositionChoice(**{**row, "effect": LeadEffect(row["effect"])})
