"""What a list's owner wants done with numbers that are not beyond doubt. Pure.

Ambiguous numbers wait for a person unless the list says otherwise; numbers that are not in the plan are called
unless it says otherwise, and on fixed lines an old plan is advice only: it refuses and asks nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from dialer.core.numbering.records import Kind, NumberRecord, Reason, Status


class OnAmbiguous(StrEnum):
    WAIT = "wait"
    """For a person."""
    TRY = "try"
    """The candidates in order, each a full attempt in the books."""
    REFUSE = "refuse"


class OnUnallocated(StrEnum):
    CALL = "call"
    ASK = "ask"
    REFUSE = "refuse"


class Verdict(StrEnum):
    CALL = "call"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class ListPolicy:
    ambiguous: OnAmbiguous = OnAmbiguous.WAIT
    unallocated: OnUnallocated = OnUnallocated.CALL
    served: frozenset[str] | None = None
    """Our names of the regions whose people are taken in; None: all of Russia."""


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    numbers: tuple[str, ...]
    """To be called in this order, or to be chosen from when a person is asked."""


def judge(record: NumberRecord, policy: ListPolicy, *, fresh_plan: bool) -> Judgement:
    """What becomes of a number; `fresh_plan`: the plan's file for it is younger than a year (`Numbering.is_fresh`)."""
    match record.status:
        case Status.REJECTED:
            return Judgement(Verdict.REFUSE, ())
        case Status.AMBIGUOUS:
            verdict = _ON_AMBIGUOUS[policy.ambiguous]
            return Judgement(verdict, record.candidates if verdict is not Verdict.REFUSE else ())
    if record.reason is Reason.UNALLOCATED and (fresh_plan or record.kind is not Kind.FIXED):
        verdict = Verdict(policy.unallocated)
        return Judgement(verdict, (record.number,) if verdict is not Verdict.REFUSE else ())
    return Judgement(Verdict.CALL, (record.number,))


_ON_AMBIGUOUS = {
    OnAmbiguous.WAIT: Verdict.ASK,
    OnAmbiguous.TRY: Verdict.CALL,
    OnAmbiguous.REFUSE: Verdict.REFUSE,
}
