"""What the machines share: a machine is a table from (state, event) to (next state, things to do).

An event that may truly come late or twice stands in the table as ignored; any other pair is our own error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

State = TypeVar("State", bound=StrEnum)
Act = TypeVar("Act", bound=StrEnum)


class IllegalTransition(Exception):
    """The machine has no such step: nothing was changed. Ours to mend, never the peer's."""


@dataclass(frozen=True)  # no slots: a generic alias cannot be called on a slotted frozen class in 3.11
class Rule(Generic[State, Act]):
    """The next state, and what the Floor must do, in order."""

    state: State
    acts: tuple[Act, ...] = ()


class Table(Generic[State, Act]):
    """One machine. `look` is the only question it answers."""

    def __init__(self, name: str, rules: Mapping[tuple[State, type], Rule[State, Act]]) -> None:
        self.name = name
        self.rules = dict(rules)

    def has(self, state: State, event: type) -> bool:
        """Whether `look` would find a rule."""
        return (state, event) in self.rules

    def look(self, state: State, event: type) -> Rule[State, Act]:
        """The rule for this pair, or IllegalTransition naming machine, state and event."""
        rule = self.rules.get((state, event))
        if rule is None:
            raise IllegalTransition(f"{self.name}: {event.__name__} in state {state}")
        return rule


def ignored(states: Iterable[State], events: Iterable[type]) -> dict[tuple[State, type], Rule[State, Act]]:
    """Rules that change nothing: late and doubled events which Asterisk may truly send."""
    return {(state, event): Rule(state) for state in states for event in events}
