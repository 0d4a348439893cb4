"""The proof of a day: every abandoned call of a campaign with what it left of the budget, as the ledger counted it.

Answered calls are gone through in order; the budget is `ceiling x answered - abandoned` over the campaign's window that
ends with that call, in calls. The last line's sums are the ledger's own. No number and no name is in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from dialer.core.ids import AttemptId, Instant
from dialer.core.ledger import Counted, Ledger


class Why(StrEnum):
    """Why a call counts as abandoned."""

    NO_AGENT = "no_agent"
    """Nobody was free in time: the message was played."""
    CALLER_LEFT = "caller_left"
    """The person hung up within the two seconds."""
    LATE_JOINED = "late_joined"
    """Joined to an agent, but later than two seconds after the answer."""
    SILENT = "silent"
    """No message began within two seconds either."""


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """A settled call that a person answered; `why` only where it was abandoned."""

    attempt: AttemptId
    at: Instant
    """The answer."""
    why: Why | None


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One abandoned call; sums and budget are of the window that ends with it."""

    at: Instant
    attempt: AttemptId
    why: Why
    answered: int
    abandoned: int
    budget_before: float
    budget_after: float

    @property
    def ratio(self) -> float:
        return self.abandoned / self.answered


@dataclass(frozen=True, slots=True)
class Proof:
    """A day: its own sums, and its abandoned calls in order of their answers."""

    answered: int
    abandoned: int
    lines: tuple[ProofLine, ...]


HEAD = ("time", "attempt", "reason", "answered", "abandoned", "share_percent", "budget_before", "budget_after")


def proof(ledger: Ledger, before: Iterable[Counted], calls: Iterable[AnsweredCall], ceiling_ratio: float) -> Proof:
    """Go through the day's calls in order; `ledger` is empty, `before` is what its window holds when the day begins."""
    ledger.remember(before)
    lines: list[ProofLine] = []
    answered = 0
    for call in calls:
        ledger.roll(call.at)
        left = ledger.left(ceiling_ratio)
        answered += 1
        ledger.count(call.at, answered=1, abandoned=call.why is not None)
        if call.why is not None:
            after = ledger.left(ceiling_ratio)
            lines.append(ProofLine(call.at, call.attempt, call.why, ledger.answered, ledger.abandoned, left, after))
    return Proof(answered, len(lines), tuple(lines))


def as_csv(found: Proof, zone: tzinfo) -> str:
    """For Russian Excel: semicolons, decimal commas, local times, a mark of the encoding at the start."""
    rows = [HEAD, *(_cells(line, zone) for line in found.lines)]
    return "\ufeff" + "".join(";".join(row) + "\r\n" for row in rows)


def _cells(line: ProofLine, zone: tzinfo) -> tuple[str, ...]:
    at = datetime.fromtimestamp(line.at, UTC).astimezone(zone)
    figures = (line.ratio * 100.0, line.budget_before, line.budget_after)
    return (
        at.strftime("%d.%m.%Y %H:%M:%S"),
        line.attempt,
        line.why,
        str(line.answered),
        str(line.abandoned),
        *(f"{figure:.2f}".replace(".", ",") for figure in figures),
    )
