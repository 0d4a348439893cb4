"""A crowd: busy agents or ringing calls, kept from one snapshot to the next instead of being listed anew at each.

It is a sequence like any other, so a strategy may simply go through it. One that looks at hundreds at each decision
takes `since_s` and `codes` instead: when each began, and of which kind it is, as arrays in the order of the sequence.
`agents_as_arrays` and `calls_as_arrays` give these of any sequence, at once where it is a crowd.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from math import log2
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from strategies.base import BusyAgent, Phase, RingingCall, busy_for_s, ringing_for_s

Record = TypeVar("Record", BusyAgent, RingingCall)

Instants: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.intp]

ROOM_AT_FIRST = 64
CLASSES_PER_DOUBLING = 4
LEAST_RATIO = 0.01
"""Chances to be answered are told apart by classes, each a fifth above the one before, from a hundredth up."""


class AgentKind(NamedTuple):
    """What is known of a busy agent besides his time in the phase."""

    phase: Phase
    leaving: bool = False
    hint: str = ""


class CallKind(NamedTuple):
    """What is known of a call besides its age."""

    segment: str = ""
    trunk: str = ""
    ratio_class: int | None = None


class Crowd(Sequence[Record], Generic[Record]):
    """Records by key; each must have `since_s`. `kind` says what a strategy may tell apart."""

    __slots__ = ("_code_of", "_codes", "_keys", "_kind", "_place", "_records", "_since", "kinds")

    def __init__(self, kind: Callable[[Record], Any]) -> None:
        self._kind: Callable[[Record], Any] = kind
        self._place: dict[Hashable, int] = {}
        self._keys: list[Hashable] = []
        self._records: list[Record] = []
        self._since = np.empty(ROOM_AT_FIRST)
        self._codes = np.empty(ROOM_AT_FIRST, dtype=np.intp)
        self.kinds: tuple[Any, ...] = ()
        """Every kind seen so far; a record's code is the place of its kind here. The same object until another is seen:
        what was looked up for each kind may be kept by it."""
        self._code_of: dict[Hashable, int] = {}

    @property
    def since_s(self) -> Instants:
        """When each began, on the snapshot's clock. A view: good until the crowd changes."""
        return self._since[: len(self._records)]

    @property
    def codes(self) -> Codes:
        """The code of each one's kind. A view: good until the crowd changes."""
        return self._codes[: len(self._records)]

    def put(self, key: Hashable, record: Record) -> None:
        """Add this one, or show it as it is now."""
        if record.since_s is None:
            raise ValueError("a record of a crowd says when it began: since_s")
        place = self._place.get(key)
        if place is None:
            place = self._place[key] = len(self._records)
            self._keys.append(key)
            self._records.append(record)
            if place == len(self._since):
                self._since = np.resize(self._since, 2 * place)
                self._codes = np.resize(self._codes, 2 * place)
        else:
            self._records[place] = record
        self._since[place] = record.since_s
        self._codes[place] = self._code(self._kind(record))

    def drop(self, key: Hashable) -> None:
        """Take this one out, if it is in; the last one takes its place."""
        place = self._place.pop(key, None)
        if place is None:
            return
        last_key, last = self._keys.pop(), self._records.pop()
        if place == len(self._records):
            return
        end = len(self._records)
        self._place[last_key], self._keys[place], self._records[place] = place, last_key, last
        self._since[place], self._codes[place] = self._since[end], self._codes[end]

    def keys(self) -> Sequence[Hashable]:
        """Whom the records are of, in their order."""
        return self._keys

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...

    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        return self._records[index]

    def _code(self, kind: Hashable) -> int:
        code = self._code_of.get(kind)
        if code is None:
            code = self._code_of[kind] = len(self.kinds)
            self.kinds += (kind,)
        return code


def crowd_of_agents() -> Crowd[BusyAgent]:
    """Busy agents by AgentKind."""
    return Crowd(agent_kind)


def crowd_of_calls() -> Crowd[RingingCall]:
    """Calls in flight by CallKind."""
    return Crowd(call_kind)


def agents_as_arrays(agents: Sequence[BusyAgent], at_s: float) -> tuple[Instants, Codes, Sequence[AgentKind]]:
    """When each agent's phase began, on the snapshot's clock, never after it; the code of his kind; and the kinds by
    code."""
    if isinstance(agents, Crowd):
        return _not_after(agents.since_s, at_s), agents.codes, agents.kinds
    code_of: dict[AgentKind, int] = {}
    codes = [code_of.setdefault(agent_kind(agent), len(code_of)) for agent in agents]
    since = [at_s - busy_for_s(agent, at_s) for agent in agents]
    return _not_after(np.array(since), at_s), np.array(codes, dtype=np.intp), list(code_of)


def calls_as_arrays(calls: Sequence[RingingCall], at_s: float) -> tuple[Instants, Codes, Sequence[CallKind]]:
    """When each call began, on the snapshot's clock, never after it; the code of its kind; and the kinds by code."""
    if isinstance(calls, Crowd):
        return _not_after(calls.since_s, at_s), calls.codes, calls.kinds
    code_of: dict[CallKind, int] = {}
    codes = [code_of.setdefault(call_kind(call), len(code_of)) for call in calls]
    since = [at_s - ringing_for_s(call, at_s) for call in calls]
    return _not_after(np.array(since), at_s), np.array(codes, dtype=np.intp), list(code_of)


def _not_after(since_s: Instants, at_s: float) -> Instants:
    """What a clock that was set back shows as yet to come began just now."""
    return np.minimum(since_s, at_s)


def agent_kind(agent: BusyAgent) -> AgentKind:
    """What tells him from others who have been in their phase as long."""
    return AgentKind(agent.phase, agent.leaving, agent.hint)


def call_kind(call: RingingCall) -> CallKind:
    """What tells it from others that have rung as long."""
    return CallKind(call.segment, call.trunk, ratio_class(call.answer_ratio))


def ratio_class(answer_ratio: float | None) -> int | None:
    """The class of this probability; None where nobody gave one."""
    if answer_ratio is None:
        return None
    return round(CLASSES_PER_DOUBLING * log2(min(max(answer_ratio, LEAST_RATIO), 1.0)))


def ratio_of_class(number: int) -> float:
    """The probability that stands for a class."""
    return float(2.0 ** (number / CLASSES_PER_DOUBLING))
