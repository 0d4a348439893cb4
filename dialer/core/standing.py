"""Where a campaign's leads stand: every lead in one line, by the gate's answer and what a person could do. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dialer.core.dry_run import WILL_BE_CALLED, Stock
from dialer.core.hours import Allow
from dialer.core.ids import Instant
from dialer.core.outcome import LeadState
from dialer.core.permit import IN_CALL, LATER, LIST_PAUSED, Terms, may_dial

CALLABLE = "callable"


class Kind(StrEnum):
    """What becomes of such a lead."""

    NOW = "now"
    """Dialled as soon as pacing starts its next call."""
    IN_CALL = "in_call"
    WAITS = "waits"
    """Time brings it back by itself."""
    PERSON = "person"
    """Somebody has to act."""
    OVER = "over"


ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Standing:
    """So many leads for one reason."""

    kind: Kind
    reason: str
    """The gate's decisive one; of a lead that is over, its own."""
    after: str
    """What came before the wait (`busy`, `no_answer`, a disposition); empty where nothing did."""
    leads: int
    opens_at: Instant | None
    """When the first of them may be called; None: not by itself."""


def by_list(stocks: Iterable[Stock], terms: Terms, at: Instant) -> dict[int, tuple[Standing, ...]]:
    """The same of each list by itself."""
    found: dict[int, list[Stock]] = {}
    for stock in stocks:
        found.setdefault(stock.list_id, []).append(stock)
    return {list_id: standings(own, terms, at) for list_id, own in found.items()}


def standings(stocks: Iterable[Stock], terms: Terms, at: Instant) -> tuple[Standing, ...]:
    """They add up to all leads of the stocks; what may be done first stands first, the most leads first within it."""
    return added_up(_standing(stock, terms, at) for stock in stocks)


def added_up(parts: Iterable[Standing]) -> tuple[Standing, ...]:
    """Those of one reason together, in the same order."""
    found: dict[tuple[Kind, str, str], Standing] = {}
    for one in parts:
        key = (one.kind, one.reason, one.after)
        found[key] = one if key not in found else _both(found[key], one)
    return tuple(sorted(found.values(), key=lambda one: (ORDER[one.kind], -one.leads, one.reason, one.after)))


def _standing(stock: Stock, terms: Terms, at: Instant) -> Standing:
    answer = may_dial(terms, stock.callee, at)
    if isinstance(answer, Allow):
        return Standing(Kind.NOW, CALLABLE, "", stock.leads, at)
    after = stock.callee.reason if answer.reason == LATER else ""
    return Standing(_kind(stock, answer.reason), answer.reason, after, stock.leads, answer.next_at)


def _kind(stock: Stock, reason: str) -> Kind:
    if reason == IN_CALL:
        return Kind.IN_CALL
    if reason == LIST_PAUSED or stock.callee.state is LeadState.NEEDS_DECISION:
        return Kind.PERSON
    return Kind.WAITS if reason in WILL_BE_CALLED else Kind.OVER


def _both(one: Standing, other: Standing) -> Standing:
    known = [at for at in (one.opens_at, other.opens_at) if at is not None]
    return Standing(one.kind, one.reason, one.after, one.leads + other.leads, min(known, default=None))
