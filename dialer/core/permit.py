"""The one gate before every call: whether a lead may be dialled now, why not, and when it may be. Pure.

Whoever decides or explains a dial asks here: the claim's last look, the dry run, the explanation of one lead, the API
and the simulator. What the books sort out in SQL beforehand is a sieve for speed and never lets through what is
refused here; what is open (`hours`) is one of the questions. Lines, agents and pacing are none of them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from math import inf
from typing import Protocol

from dialer.core.hours import Allow, Answer, Calendar, Deny, Spans, merged, next_open, open_at, open_between
from dialer.core.ids import Instant
from dialer.core.law import Law, Profile, law_of
from dialer.core.outcome import AttemptRules, LeadState
from strategies.values import value

EXPIRED = "expired"
ATTEMPTS_USED_UP = "attempts_used_up"
DO_NOT_CALL = "do_not_call"
NO_CONSENT = "no_consent"
NUMBER_USED_UP = "number_used_up"
NUMBER_RESTS = "number_rests"
LATER = "later"
LIST_PAUSED = "list_paused"
IN_CALL = "in_call"
REFUSED_BY_LAW = "refused_by_law"

FINAL = frozenset({LeadState.DONE, LeadState.REFUSED, LeadState.EXPIRED, LeadState.NEEDS_DECISION})
AT_WORK = frozenset({LeadState.CLAIMED, LeadState.IN_CALL})
DAY_S = 86400.0


class Terms(Protocol):
    """What a campaign says of calls; its settings do."""

    @property
    def mode(self) -> str: ...
    @property
    def calendar(self) -> Calendar: ...
    @property
    def rules(self) -> AttemptRules: ...
    @property
    def law(self) -> str: ...


@value(frozen=True, slots=True)
class Facts:
    """What the books know of a previewed lead at the moment in which its agent asks for the call."""

    forbidden: bool = False
    has_consent: bool = False
    held: bool = False
    """Its list is paused."""
    withdrawn: str = ""
    """Why it is not to be called any more; empty: it is."""
    expires_at: Instant | None = None
    rests_until: Instant | None = None


@value(frozen=True, slots=True)
class Callee:
    """All that bears on whether a lead may be called, as the books have it."""

    zone: str | None
    """As in `hours.open_at`."""
    state: LeadState = LeadState.READY
    reason: str = ""
    """Why it stands in that state."""
    held: bool = False
    """Its list is paused."""
    attempts: int = 0
    """That count, in this work cycle."""
    due_at: Instant = -inf
    """Not before: a retry, a promise, a wish."""
    expires_at: Instant | None = None
    forbidden: bool = False
    """Its number is on a do-not-call list."""
    has_consent: bool = False
    """A record of consent to be called stands in its field `consent`."""
    rests_until: Instant | None = None
    """By the limits of its number over all campaigns; infinity: never again."""
    asked_at: Instant | None = None
    """When the customer asked for this call himself."""


def may_dial(terms: Terms, callee: Callee, at: Instant) -> Answer:
    """Whether it may be called at `at`: allowed, or the decisive reason and when the call is allowed, None for never.

    `Allow.waived`: outside the permitted hours, because the customer has just asked for the call.
    """
    first = next(objections(terms, callee, at), None)
    if first is None:
        return Allow(waived=not isinstance(open_at(terms.calendar, callee.zone, at), Allow))
    return first


def objections(terms: Terms, callee: Callee, at: Instant) -> Iterator[Deny]:
    """Every reason that holds at `at`, the decisive one first. What time mends says when all of that kind is over."""
    yield from _for_good(terms, callee, at)
    if callee.state in AT_WORK:
        yield Deny(IN_CALL, None)
    if callee.held:
        yield Deny(LIST_PAUSED, None)
    for reason in _for_now(terms, callee, at):
        yield Deny(reason, opens_at(terms, callee, at))


def opens_at(terms: Terms, callee: Callee, at: Instant) -> Instant | None:
    """The first moment from `at` on that neither hours nor rests forbid; None: none before the lead expires."""
    start = max(at, callee.due_at, callee.rests_until if callee.rests_until is not None else at)
    if start == inf:
        return None
    opens = start if is_waived(terms, callee, start) else next_open(terms.calendar, callee.zone, start)
    if opens is None or (callee.expires_at is not None and callee.expires_at <= opens):
        return None
    return opens


def is_waived(terms: Terms, callee: Callee, at: Instant) -> bool:
    """Whether the hours do not bind this call: its customer asked for it minutes ago, and the law leaves that to us."""
    span_s = terms.rules.waive_hours_s
    if span_s is None or callee.asked_at is None or not callee.asked_at <= at < callee.asked_at + span_s:
        return False
    return law_at(terms.law, at).hours_waivable


def open_spans(terms: Terms, callee: Callee, start: Instant, end: Instant) -> Spans:
    """When the hours do not forbid the call within [start, end), waived ones counted as open."""
    spans = open_between(terms.calendar, callee.zone, start, end)
    if callee.asked_at is None or terms.rules.waive_hours_s is None or not is_waived(terms, callee, callee.asked_at):
        return spans
    waived = max(start, callee.asked_at), min(end, callee.asked_at + terms.rules.waive_hours_s)
    return merged([*spans, waived] if waived[0] < waived[1] else spans)


def law_at(profile: str, at: Instant) -> Law:
    """The profile as it stands that day. Raises ValueError where it is not in force yet."""
    return _law_of_day(profile, int(at // DAY_S))


@lru_cache(maxsize=64)
def _law_of_day(profile: str, day: int) -> Law:
    return law_of(Profile(profile), datetime.fromtimestamp(day * DAY_S, UTC).date())


def _for_good(terms: Terms, callee: Callee, at: Instant) -> Iterator[Deny]:
    """What no time mends."""
    law = law_at(terms.law, at)
    if callee.state in FINAL:
        yield Deny(callee.reason or callee.state, None)
    if law.modes is not None and terms.mode not in law.modes:
        yield Deny(REFUSED_BY_LAW, None)
    if callee.expires_at is not None and callee.expires_at <= at:
        yield Deny(EXPIRED, None)
    if callee.attempts >= terms.rules.max_attempts:
        yield Deny(ATTEMPTS_USED_UP, None)
    if callee.forbidden:
        yield Deny(DO_NOT_CALL, None)
    if law.needs_consent and not callee.has_consent:
        yield Deny(NO_CONSENT, None)
    if callee.rests_until == inf:
        yield Deny(NUMBER_USED_UP, None)


def _for_now(terms: Terms, callee: Callee, at: Instant) -> Iterator[str]:
    """What time mends."""
    if callee.rests_until is not None and at < callee.rests_until < inf:
        yield NUMBER_RESTS
    if callee.due_at > at:
        yield LATER
    hours = open_at(terms.calendar, callee.zone, at)
    if isinstance(hours, Deny) and not is_waived(terms, callee, at):
        yield hours.reason
