"""How many calls to start now: pure arithmetic, usable without the rest of the dialer (see docs/strategies.md).

    strategy = load("predictive", ceiling_ratio=0.03)
    decision = guard(strategy.decide(snapshot), snapshot)

Third parties add a strategy by an entry point of the group `dialer.strategies`: a callable that takes
`PacingSettings` and returns an object with `name`, `decide` and `observe` (`strategies.base.Strategy`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TypeAlias, cast

from strategies.base import Strategy
from strategies.guard import guard
from strategies.manual import Manual
from strategies.power import Power
from strategies.predictive import Predictive
from strategies.preview import Preview
from strategies.progressive import Progressive

__all__ = ["ENTRY_POINT_GROUP", "OURS", "PacingSettings", "UnknownStrategy", "guard", "load", "names"]

ENTRY_POINT_GROUP = "dialer.strategies"


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingSettings:
    """What an operator may set about pacing; each strategy takes what it needs."""

    ceiling_ratio: float = 0.03
    """Abandoned / answered by a person, 0..1: the ceiling of the campaign's window."""
    power_ratio: float = 1.0
    """Calls per free agent, power only."""
    cancel_surplus: bool = False
    """Calls that ring for long though nobody will be free for them may be hung up, predictive only."""


Factory: TypeAlias = Callable[[PacingSettings], Strategy]

OURS: dict[str, Factory] = {
    "manual": lambda settings: Manual(),
    "preview": lambda settings: Preview(),
    "progressive": lambda settings: Progressive(),
    "power": lambda settings: Power(settings.power_ratio),
    "predictive": lambda settings: Predictive(settings.ceiling_ratio, cancel_surplus=settings.cancel_surplus),
}


class UnknownStrategy(ValueError):
    """No strategy has this name."""


def names() -> tuple[str, ...]:
    """Names that `load` knows now: ours first, then installed third parties'."""
    return (*OURS, *sorted(point.name for point in entry_points(group=ENTRY_POINT_GROUP)))


def load(name: str, *, ceiling_ratio: float = 0.03, power_ratio: float = 1.0, cancel_surplus: bool = False) -> Strategy:
    """A new strategy for one campaign on one server.

    Raises UnknownStrategy with the names that exist, and ValueError where a figure makes no sense.
    """
    if not 0.0 <= ceiling_ratio < 1.0:
        raise ValueError(f"ceiling_ratio is {ceiling_ratio}: a share of answered calls, 0 <= ceiling < 1")
    settings = PacingSettings(ceiling_ratio=ceiling_ratio, power_ratio=power_ratio, cancel_surplus=cancel_surplus)
    factory = OURS.get(name) or _third_party(name)
    return factory(settings)


def _third_party(name: str) -> Factory:
    for point in entry_points(group=ENTRY_POINT_GROUP, name=name):
        return cast(Factory, point.load())
    known = ", ".join(names())
    raise UnknownStrategy(
        f"no strategy is called {name!r}; known: {known}. A package adds one by the entry point group "
        f"{ENTRY_POINT_GROUP!r}."
    )
