"""Leads that wait for a person, page by page, and decisions about them; and which rows of a file are known already."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from dialer.core.ids import CampaignId, Instant, LeadId, ProjectId
from dialer.core.lead import NewPhone
from dialer.core.listing import EVERY, Decided, Filter
from dialer.store.sql import Conn, load, text_array
from dialer.store.uuid7 import is_uuid

BEFORE_ALL = "00000000-0000-0000-0000-000000000000"

_Q = load("undecided")


@dataclass(frozen=True, slots=True)
class Open:
    """An undecided lead as it is booked."""

    lead: LeadId
    list: int
    campaign: CampaignId
    external_id: str | None
    person: str
    region: str
    reason: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """The phones that were chosen for a lead, in order; none: it is refused."""

    lead: LeadId
    phones: tuple[NewPhone, ...] = ()


async def undecided(conn: Conn, list_id: int, after: LeadId | None, bound: int, only: Filter = EVERY) -> list[Open]:
    """The next `bound` undecided leads of the list, by id, behind `after`; nothing for an `after` that is no id."""
    if after is not None and not is_uuid(after):
        return []
    rows = await _Q["undecided"].rows(
        conn, list=list_id, after=after or BEFORE_ALL, bound=bound, question=only.question, text=only.text
    )
    return [Open(**{**row, "fields": orjson.loads(row["fields"])}) for row in rows]


async def undecided_one(conn: Conn, lead: LeadId) -> Open | None:
    """None where it is not there, or waits for nobody."""
    row = await _Q["undecided_one"].row(conn, lead=lead) if is_uuid(lead) else None
    return None if row is None else Open(**{**row, "fields": orjson.loads(row["fields"])})


async def count_undecided(conn: Conn, lists: Sequence[int]) -> Mapping[int, int]:
    rows = await _Q["count_undecided"].rows(conn, lists=list(lists))
    return {row["list"]: row["leads"] for row in rows}


async def settle(conn: Conn, choices: Sequence[Choice], now: Instant) -> Decided:
    """Settle these leads; to be called in a transaction. One that waits no longer is passed over."""
    firsts = [next(iter(choice.phones), None) for choice in choices]
    zones = [phone.zone or "" for choice in choices for phone in choice.phones]
    await _Q["add_zones"].run(conn, zones=zones)
    settled = await _Q["settle"].rows(
        conn,
        leads=[choice.lead for choice in choices],
        numbers=[None if first is None else first.number for first in firsts],
        zones=[None if first is None else first.zone or "" for first in firsts],
        now=now,
    )
    ready = {row["lead"] for row in settled if row["state"] == "ready"}
    await _add_phones(conn, [choice for choice in choices if choice.lead in ready])
    counts = Counter(row["reason"] for row in settled)
    return Decided(len(ready), counts["refused_by_person"], counts["duplicate"])


async def _add_phones(conn: Conn, choices: Sequence[Choice]) -> None:
    placed = [(choice.lead, at, phone) for choice in choices for at, phone in enumerate(choice.phones, 1)]
    await _Q["add_phones"].run(
        conn,
        leads=[lead for lead, _, _ in placed],
        positions=[at for _, at, _ in placed],
        numbers=[phone.number for _, _, phone in placed],
        zones=[phone.zone or "" for _, _, phone in placed],
        kinds=[phone.kind for _, _, phone in placed],
        extensions=[phone.extension for _, _, phone in placed],
    )


async def known_external_ids(conn: Conn, project: ProjectId, external_ids: Sequence[str]) -> set[str]:
    """Which of these orders the project has already."""
    rows = await _Q["known_external_ids"].rows(conn, project=project, external_ids=text_array(external_ids))
    return {row["external_id"] for row in rows}


async def known_numbers(conn: Conn, list_id: int, numbers: Sequence[str]) -> set[str]:
    """By which of these numbers a lead of the list is told, one without an order's name."""
    rows = await _Q["known_numbers"].rows(conn, list=list_id, numbers=text_array(numbers))
    return {row["number"] for row in rows}


async def known_questions(conn: Conn, list_id: int, questions: Sequence[int]) -> set[int]:
    """Which of these (`staging.question_of`) a lead of the list was asked about, or is."""
    rows = await _Q["known_questions"].rows(conn, list=list_id, questions=list(questions))
    return {row["question"] for row in rows}
