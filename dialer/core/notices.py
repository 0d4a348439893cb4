"""Notices: a text message or an e-mail between attempts, as a step of a campaign's programme. Pure.

A step is data: after so many attempts that ended so, this text by that way, once in a lead's work cycle. Whether one
may go now is judged here (`judged`), with the hours of the person's own zone; sending is not done here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from dialer.core.hours import Allow, Calendar, next_open, open_at
from dialer.core.ids import AttemptId, CampaignId, Instant, LeadId, ProjectId
from dialer.core.outcome import Outcome
from dialer.core.slots import Template

LONGEST_WAIT_S = 48 * 3600.0
"""A notice that could not go within two days is of no use any longer."""
REACHED_NOBODY = frozenset({Outcome.BUSY, Outcome.NO_ANSWER, Outcome.REJECTED, Outcome.UNAVAILABLE, Outcome.ABANDONED})
"""After these a notice makes sense: the person was called, and nobody talked with him."""
STILL_WANTED = frozenset({"attempts_used_up", "outcome_limit", "number_used_up"})
"""A lead that was over for these reasons was never reached: its last notice goes all the same."""
GATEWAY_NAMES = frozenset({"notice", "number", "text", "sender"})
"""What a gateway's template may name."""

_HOLE = re.compile(r"\{([^{}\n]{1,60})\}")
_ADDRESS = re.compile(r'[^\s@()<>\[\]:;,\\"]+@[\w-]+(\.[\w-]+)+')
"""Without quotes, comments and literals: what has meaning to a mail server stays out of its commands."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"


class NoticeState(StrEnum):
    """What became of a notice; its word in the books."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    """The gateway, or the mail server, has taken it."""
    FAILED = "failed"
    """It was refused, or could not be brought there in time."""
    UNKNOWN = "unknown"
    """It may have gone: it is never sent again for that."""
    DROPPED = "dropped"
    """It was not to go any longer: who was reached, asked not to be called, or has no address."""


@dataclass(frozen=True, slots=True)
class NoticeStep:
    """One step of a campaign's programme."""

    name: str
    channel: Channel
    after: frozenset[Outcome]
    times: int
    """After so many attempts in the work cycle that ended like one of `after`."""
    text: str
    """With `{person}`, `{order}`, `{project}`, `{region}` or the name of any field of the lead."""
    subject: str = ""
    """Of an e-mail."""
    address: str = "email"
    """The lead's field that holds the e-mail address."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """How a project's text messages are handed over: one request each, with `{notice}`, `{number}`, `{text}`."""

    project: ProjectId
    send: Template
    sender: str = ""
    is_idempotent: bool = False
    """It takes the same `{notice}` twice for one: then what may have gone is safely sent again."""
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """One on its way, with all that it is made of."""

    id: int
    lead: LeadId
    project: ProjectId
    campaign: CampaignId
    attempt: AttemptId
    """After which it goes."""
    step: str
    made_at: Instant
    tries: int
    """How often it was tried, this time included."""
    wanted: NoticeStep | None
    """None: the campaign no longer has this step."""
    calendar: Calendar
    zone: str | None
    lead_state: str
    lead_reason: str
    forbidden: bool
    """A number of the lead stands on a do-not-call list, or its order was withdrawn."""
    numbers: tuple[str, ...] = ()
    """Of 10 digits, those known to be bad left out."""
    values: Mapping[str, str] = field(default_factory=dict)
    """By the names of the text's holes, in small letters."""


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """One as a person looks at it."""

    id: int
    step: str
    channel: Channel
    state: NoticeState
    reason: str
    tries: int
    cycle: int
    attempt: AttemptId
    made_at: Instant
    done_at: Instant | None


@dataclass(frozen=True, slots=True)
class Go:
    """It may go now, there and with this text."""

    address: str
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    until: Instant


@dataclass(frozen=True, slots=True)
class Drop:
    state: NoticeState
    reason: str


Verdict: TypeAlias = Go | Later | Drop


def judged(notice: Notice, now: Instant) -> Verdict:
    """Whether it goes, waits for the person's hours, or is not to go any longer."""
    step = notice.wanted
    if step is None:
        return Drop(NoticeState.DROPPED, "step_gone")
    if notice.forbidden:
        return Drop(NoticeState.DROPPED, "do_not_call")
    if notice.lead_state in ("done", "refused", "expired") and notice.lead_reason not in STILL_WANTED:
        return Drop(NoticeState.DROPPED, "lead_over")
    if now - notice.made_at > LONGEST_WAIT_S:
        return Drop(NoticeState.FAILED, "too_late")
    address = address_of(notice, step)
    if not address:
        return Drop(NoticeState.DROPPED, "no_address")
    if not isinstance(open_at(notice.calendar, notice.zone, now), Allow):
        opens = next_open(notice.calendar, notice.zone, now)
        return Drop(NoticeState.FAILED, "never_open") if opens is None else Later(opens)
    return Go(address, rendered(step.text, notice.values), _one_line(rendered(step.subject, notice.values)))


def address_of(notice: Notice, step: NoticeStep) -> str:
    """A mobile number, or an e-mail address; empty where there is none."""
    if step.channel is Channel.SMS:
        return next((number for number in notice.numbers if number.startswith("9")), "")
    found = notice.values.get(step.address.casefold(), "").strip()
    return found if _ADDRESS.fullmatch(found) and found.isprintable() else ""


def rendered(text: str, values: Mapping[str, str]) -> str:
    """The text with its holes filled in; a name that the lead does not have is empty."""
    return _HOLE.sub(lambda hole: values.get(hole[1].strip().casefold(), ""), text).strip()


def _one_line(text: str) -> str:
    """As a header can hold it: whatever breaks a line anywhere (CR, VT, U+0085, U+2028) is a space."""
    return " ".join(_CONTROL.sub(" ", text).split())
