"""A third party's strategy at work: what goes wrong in it ends its own dialling and nothing else.

Ours are not held so: an error in one of them is a bug that must be seen, and a restart loses nothing. Whoever wrote a
strategy elsewhere may raise anything at any time, or answer what neither the guard nor the books can take; before it
stopped every campaign.
"""

from collections.abc import Callable
from math import isfinite
from operator import index
from traceback import extract_tb
from typing import Any

import orjson

from dialer.core.absent import FAILED, Absent
from strategies.base import NO_LIMIT, Decision, Learned, Limit, Observation, Remembers, Snapshot, Strategy

Failed = Callable[[str], None]
"""Told once, in a few words for whoever wrote it."""


class Foreign:
    """The strategy `made` until it fails; from then on one that starts nothing and says why."""

    def __init__(self, made: Strategy, failed: Failed) -> None:
        self.name = _text("name", made.name)
        self._strategy: Strategy = made
        self._failed = failed

    def decide(self, snapshot: Snapshot) -> Decision:
        try:
            return sound(self._strategy.decide(snapshot))
        except Exception as error:
            self._give_up(error)
            return self._strategy.decide(snapshot)

    def observe(self, observation: Observation) -> None:
        try:
            self._strategy.observe(observation)
        except Exception as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._strategy = Absent(self.name, FAILED)
        self._failed(told(error))


class ForeignRemembers(Foreign):
    """The same of one that remembers; what the books cannot keep is a failure, too."""

    def save(self) -> Learned:
        if not isinstance(self._strategy, Remembers):
            return {}
        try:
            return kept(self._strategy.save())
        except Exception as error:
            self._give_up(error)
            return {}

    def load(self, learned: Learned) -> None:
        """Raises what the strategy raises: whoever restores a memory goes on without."""
        if isinstance(self._strategy, Remembers):
            self._strategy.load(learned)


def contained(made: Strategy, failed: Failed) -> Strategy:
    """The strategy, so held that no error of it gets out."""
    return ForeignRemembers(made, failed) if isinstance(made, Remembers) else Foreign(made, failed)


def sound(decision: Decision) -> Decision:
    """The decision in plain values that the guard and the books can take (a numpy figure is one of Python's then).

    TypeError or ValueError, naming what is wrong, where there is no such decision.
    """
    if not isinstance(decision, Decision):
        raise TypeError(f"decide answered {decision!r}: a strategies.base.Decision is wanted")
    return Decision(
        calls_to_start=_count("calls_to_start", decision.calls_to_start),
        calls_to_cancel=_count("calls_to_cancel", decision.calls_to_cancel),
        wished=_count("wished", decision.wished),
        reason=_text("reason", decision.reason),
        strategy=_text("strategy", decision.strategy),
        inputs=tuple((_text("name of an input", name), _figure(name, value)) for name, value in decision.inputs),
        limited_by=Limit(decision.limited_by),
    )


def kept(learned: Learned) -> Learned:
    """What the books will give back of it. TypeError or ValueError where they cannot keep it."""
    written = orjson.dumps(learned)
    if not isinstance(learned, dict) or b"\\u0000" in written:
        raise ValueError("save answered what is no dictionary of plain JSON values, or holds a zero character")
    found: Learned = orjson.loads(written)
    return found


def told(error: Exception) -> str:
    """What was raised, and where."""
    frames = extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{error!r}{where}"


def _count(name: str, value: Any) -> int:
    try:
        return min(max(index(value), 0), NO_LIMIT)
    except TypeError:
        raise TypeError(f"decide answered {name} = {value!r}: a whole number is wanted") from None


def _figure(name: str, value: Any) -> float:
    try:
        figure = float(value)
    except (TypeError, ValueError, OverflowError):
        figure = float("nan")
    if not isfinite(figure):
        raise ValueError(f"decide answered the input {name!r} = {value!r}: a finite number is wanted")
    return figure


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or "\0" in value or not _is_utf8(value):
        raise TypeError(f"the {name} {value!r} is no text that can be written")
    return value


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
