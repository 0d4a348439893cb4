"""A scenario: one day described as data, from code, from the command line or from a TOML file of `sim/scenarios`.

A file holds the tables `[day]`, `[team]`, `[people]`, `[plant]`, `[requests]`, `[faults]`, `[limits]` and any number of
`[[segment]]` and `[[change]]`, each with the fields of the classes below; a misspelt key is refused by name.
"""

import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from sim.requests import Requests
from sim.world import Change, People, Plant, Segment, Team, Told

T = TypeVar("T")


class BadScenario(ValueError):
    """The file cannot be used; the message names the key and the cure."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How the link misbehaves: chance per network event of each kind, 0..1."""

    lost: float = 0.0
    late: float = 0.0
    late_s: float = 2.0
    """A late event is late by up to this."""
    doubled: float = 0.0
    reordered: float = 0.0
    """Swapped with what comes next within a few milliseconds."""
    link_cut_every_s: float = 0.0
    """Mean time between cuts of the manager link; 0: none. Events of the gap are lost, a resync follows."""
    link_cut_s: float = 5.0
    books_away_every_s: float = 0.0
    """Mean time between spells in which the books do not answer; 0: none."""
    books_away_s: float = 10.0
    phone_dies_every_s: float = 0.0
    """Mean time between deaths of some agent's phone; 0: none."""
    clock_step_every_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the day must keep; `dialer simulate` fails where it does not. None: no limit."""

    abandonment_most: float | None = None
    worst_30min_abandonment_most: float | None = None
    occupancy_least: float | None = None
    customer_wait_p99_s_most: float | None = None
    attempts_least: int | None = None
    first_calls_in_time_least: float | None = None
    """Only where requests come."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One day of one campaign on one server."""

    name: str = "day"
    strategy: str = "predictive"
    hours: float = 8.0
    seed: int = 1
    ceiling: float = 0.03
    hard: bool = False
    """The ceiling holds in every window; False: the share of the whole day meets it."""
    cancel_surplus: bool = False
    """Calls that have rung for long though nobody will be free for them may be hung up."""
    power_ratio: float = 1.5
    rest_s: float = 0.0
    """The least time between an agent's wrap-up and his next call."""
    max_occupancy: float = 1.0
    """Of an agent, ratio over 0 to 1: who has worked more rests before his next call."""
    answer_limit_s: float = 1.8
    """How long an answered customer waits for an agent before the message."""
    leads: int = 10_000_000
    """So many people are on the list, each called once."""
    order: int = 0
    """Another number: the same list in another order (of a list of a known length)."""
    team: Team = field(default_factory=Team)
    people: People = field(default_factory=People)
    plant: Plant = field(default_factory=Plant)
    segments: tuple[Segment, ...] = ()
    segments_told: Told = Told.SEGMENT
    """How the books name a lead's segment to the dialer."""
    changes: tuple[Change, ...] = ()
    requests: Requests = field(default_factory=Requests)
    """Fresh requests instead of the list."""
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)


_DAY_KEYS = {
    "name",
    "strategy",
    "hours",
    "seed",
    "ceiling",
    "hard",
    "cancel_surplus",
    "power_ratio",
    "answer_limit_s",
    "rest_s",
    "max_occupancy",
    "leads",
    "segments_told",
}


def read_scenario(path: Path) -> Scenario:
    """The scenario of this TOML file. Raises BadScenario with the key that is wrong."""
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadScenario(f"{path}: cannot be read ({error})") from None
    except tomllib.TOMLDecodeError as error:
        raise BadScenario(f"{path}: not TOML: {error}") from None
    try:
        return parse_scenario(text, path.stem)
    except BadScenario as error:
        raise BadScenario(f"{path}: {error}") from None


def parse_scenario(tables: dict[str, Any], name: str) -> Scenario:
    """The scenario of these tables; keys that nobody knows are refused."""
    known = {"day", "team", "people", "plant", "requests", "faults", "limits", "segment", "change"}
    _refuse_unknown("the file", tables, known)
    day = tables.get("day", {})
    _refuse_unknown("[day]", day, _DAY_KEYS)
    segments = tuple(_segment(entry) for entry in tables.get("segment", []))
    return replace(
        Scenario(name=name, **{**day, "segments_told": _told(day.get("segments_told", Told.SEGMENT))}),
        segments=segments,
        team=_build(Team, "[team]", tables.get("team", {})),
        people=_build(People, "[people]", tables.get("people", {})),
        plant=_build(Plant, "[plant]", tables.get("plant", {})),
        requests=_build(Requests, "[requests]", tables.get("requests", {})),
        faults=_build(Faults, "[faults]", tables.get("faults", {})),
        limits=_build(Limits, "[limits]", tables.get("limits", {})),
        changes=tuple(_change(entry, segments) for entry in tables.get("change", [])),
    )


def _told(text: str) -> Told:
    try:
        return Told(text)
    except ValueError:
        raise BadScenario(f"[day] segments_told = {text!r}: one of {', '.join(Told)}") from None


def _segment(entry: dict[str, Any]) -> Segment:
    _refuse_unknown("[[segment]]", entry, {"name", "share", "people"})
    for key in ("name", "share"):
        if key not in entry:
            raise BadScenario(f"[[segment]] without {key}: a name, and its share of the list, 0..1")
    _build(People, f"[[segment]] {entry['name']} people", entry.get("people", {}))
    return Segment(**entry)


def _change(entry: dict[str, Any], segments: tuple[Segment, ...]) -> Change:
    _refuse_unknown("[[change]]", entry, {"at_s", "over_s", "segment", "team", "people", "plant"})
    if "at_s" not in entry:
        raise BadScenario("[[change]] without at_s: say how many seconds after the start it happens")
    names = {segment.name for segment in segments}
    if entry.get("segment") and entry["segment"] not in names:
        raise BadScenario(f"[[change]] segment {entry['segment']!r}: no such [[segment]]; known: {sorted(names)}")
    for key, kind in (("team", Team), ("people", People), ("plant", Plant)):
        _build(kind, f"[[change]] {key}", entry.get(key, {}))
    return Change(**entry)


def _build(kind: type[T], where: str, values: dict[str, Any]) -> T:
    _refuse_unknown(where, values, {f.name for f in fields(kind)})  # type: ignore[arg-type]
    for key, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadScenario(f"{where} {key} = {value!r}: a number is wanted")
    return kind(**values)


def _refuse_unknown(where: str, values: dict[str, Any], known: set[str]) -> None:
    for key in values:
        if key not in known:
            raise BadScenario(f"{where}: unknown key {key!r}; known: {', '.join(sorted(known))}")


def broken_limits(limits: Limits, figures: dict[str, Any]) -> list[str]:
    """What the day did not keep, in words."""
    broken = []
    for limit in fields(limits):
        bound = getattr(limits, limit.name)
        if bound is None:
            continue
        figure, _, side = limit.name.rpartition("_")
        value = figures[figure]
        if value > bound if side == "most" else value < bound:
            broken.append(f"{figure} is {value:g}, at {side} {bound:g} is wanted")
    return broken
