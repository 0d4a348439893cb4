"""A scenario: one day described as data, from code, from the command line or from a TOML file of `sim/scenarios`.

A file holds the tables `[day]`, `[team]`, `[people]`, `[plant]`, `[requests]`, `[faults]`, `[limits]` and any number of
`[[segment]]` and `[[change]]`, each with the fields of the classes below. A misspelt key is refused by name, and so is
a value that no day can have; what a field may hold is said beside it (`sim.bounds`).
"""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, TypeVar

from sim.bounds import Bounds, Seconds, Share, SomeSeconds, refused
from sim.requests import Requests
from sim.world import Change, People, Plant, Segment, Team, Told

T = TypeVar("T")


class BadScenario(ValueError):
    """The file cannot be used; the message names the key and the cure."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How the link misbehaves: chance per network event of each kind, 0..1."""

    lost: Share = 0.0
    late: Share = 0.0
    late_s: Seconds = 2.0
    """A late event is late by up to this."""
    doubled: Share = 0.0
    reordered: Share = 0.0
    """Swapped with what comes next within a few milliseconds."""
    link_cut_every_s: Seconds = 0.0
    """Mean time between cuts of the manager link; 0: none. Events of the gap are lost, a resync follows."""
    link_cut_s: Seconds = 5.0
    books_away_every_s: Seconds = 0.0
    """Mean time between spells in which the books do not answer; 0: none."""
    books_away_s: Seconds = 10.0
    phone_dies_every_s: Seconds = 0.0
    """Mean time between deaths of some agent's phone; 0: none."""
    clock_step_every_s: Seconds = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the day must keep; `dialer simulate` fails where it does not. None: no limit."""

    abandonment_most: Share | None = None
    worst_30min_abandonment_most: Share | None = None
    occupancy_least: Share | None = None
    customer_wait_p99_s_most: Seconds | None = None
    attempts_least: Annotated[int, Bounds(0, 1_000_000_000, whole=True)] | None = None
    first_calls_in_time_least: Share | None = None
    """Only where requests come."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One day of one campaign on one server."""

    name: str = "day"
    strategy: str = "predictive"
    hours: Annotated[float, Bounds(0.001, 1000.0)] = 8.0
    seed: Annotated[int, Bounds(-(2**63), 2**63 - 1, whole=True)] = 1
    ceiling: Annotated[float, Bounds(0.0, 0.99)] = 0.03
    hard: bool = False
    """The ceiling holds in every window; False: the share of the whole day meets it."""
    cancel_surplus: bool = False
    """Calls that have rung for long though nobody will be free for them may be hung up."""
    power_ratio: Annotated[float, Bounds(0.01, 1000.0)] = 1.5
    rest_s: Seconds = 0.0
    """The least time between an agent's wrap-up and his next call."""
    max_occupancy: Annotated[float, Bounds(0.01, 1.0)] = 1.0
    """Of an agent, ratio over 0 to 1: who has worked more rests before his next call."""
    answer_limit_s: SomeSeconds = 1.8
    """How long an answered customer waits for an agent before the message."""
    leads: Annotated[int, Bounds(1, 100_000_000, whole=True)] = 10_000_000
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


_TABLES: dict[str, type] = {
    "team": Team,
    "people": People,
    "plant": Plant,
    "requests": Requests,
    "faults": Faults,
    "limits": Limits,
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
    """The scenario of these tables; keys that nobody knows are refused, and values that no day can have."""
    _refuse_unknown("the file", tables, {"day", "segment", "change", *_TABLES})
    day = _table("[day]", tables.get("day", {}))
    _refuse_unknown("[day]", day, _DAY_KEYS)
    told = _told(day.get("segments_told", Told.SEGMENT))
    _refuse_impossible("[day]", Scenario, day)
    parts: dict[str, Any] = {key: _built(kind, f"[{key}]", tables.get(key, {})) for key, kind in _TABLES.items()}
    segments = tuple(_segment(entry) for entry in _entries("segment", tables))
    _refuse_overlap(segments)
    changes = tuple(_change(entry, segments) for entry in _entries("change", tables))
    return Scenario(**{"name": name, **day, **parts, "segments_told": told, "segments": segments, "changes": changes})


def refuse_impossible(day: Scenario) -> None:
    """Raises BadScenario with the first key of the day, however it was put together, whose value it cannot have."""
    _refuse_impossible("[day]", Scenario, _values(day))
    for key, kind in _TABLES.items():
        _refuse_impossible(f"[{key}]", kind, _values(getattr(day, key)))
    people, plant = day.people, day.plant
    ends = people.machine_share + people.busy_share + people.invalid_share + people.congestion_share
    if ends > 1.0:
        raise BadScenario(
            f"[people] machine, busy, invalid and congestion shares come to {ends:g}: 1 at most, together"
        )
    for name in ("setup", "give_up"):
        low, high = getattr(plant, f"{name}_low_s"), getattr(plant, f"{name}_high_s")
        if low > high:
            raise BadScenario(f"[plant] {name}_low_s = {low:g} is over {name}_high_s = {high:g}")
    limit = day.limits.first_calls_in_time_least
    if limit is not None and not day.requests.per_hour:
        raise BadScenario(
            f"[limits] first_calls_in_time_least = {limit!r}: only where requests come, as by [requests] per_hour = 600"
        )


def _values(table: Any) -> dict[str, Any]:
    return {f.name: getattr(table, f.name) for f in fields(table)}


def _refuse_impossible(where: str, kind: type, values: dict[str, Any], changed: bool = False) -> None:
    refusal = refused(kind, values, changed)
    if refusal is not None:
        raise BadScenario(f"{where} {refusal}")


def _told(text: object) -> Told:
    try:
        return Told(text)  # type: ignore[arg-type]  # whatever stood in the file
    except ValueError:
        raise BadScenario(f"[day] segments_told = {text!r}: one of {', '.join(Told)}") from None


def _segment(entry: dict[str, Any]) -> Segment:
    _refuse_unknown("[[segment]]", entry, {"name", "share", "people"})
    for key in ("name", "share"):
        if key not in entry:
            raise BadScenario(f"[[segment]] without {key}: a name, and its share of the list, 0..1")
    _refuse_impossible("[[segment]]", Segment, entry)
    _built(People, f"[[segment]] {entry['name']} people", entry.get("people", {}))
    return Segment(**entry)


def _refuse_overlap(segments: tuple[Segment, ...]) -> None:
    """Each segment has a name and a part of the list of its own."""
    names = [segment.name for segment in segments]
    for name in names:
        if names.count(name) > 1 or not name:
            raise BadScenario(f"[[segment]] name = {name!r}: a name that no other segment has is wanted")
    if (whole := sum(segment.share for segment in segments)) > 1.0 + 1e-9:
        raise BadScenario(f"[[segment]] share: they sum to {whole:g}, a list has 1 at most")


def _change(entry: dict[str, Any], segments: tuple[Segment, ...]) -> Change:
    _refuse_unknown("[[change]]", entry, {"at_s", "over_s", "segment", "team", "people", "plant"})
    if "at_s" not in entry:
        raise BadScenario("[[change]] without at_s: say how many seconds after the start it happens")
    _refuse_impossible("[[change]]", Change, entry)
    names = {segment.name for segment in segments}
    if entry.get("segment") and entry["segment"] not in names:
        raise BadScenario(f"[[change]] segment {entry['segment']!r}: no such [[segment]]; known: {sorted(names)}")
    for key, kind in (("team", Team), ("people", People), ("plant", Plant)):
        _built(kind, f"[[change]] {key}", entry.get(key, {}), changed=True)
    return Change(**entry)


def _built(kind: type[T], where: str, values: Any, changed: bool = False) -> T:
    values = _table(where, values)
    _refuse_unknown(where, values, {f.name for f in fields(kind)})  # type: ignore[arg-type]
    _refuse_impossible(where, kind, values, changed)
    return kind(**values)


def _table(where: str, values: Any) -> dict[str, Any]:
    if not isinstance(values, dict):
        raise BadScenario(f"{where} = {values!r}: a table is wanted")
    return values


def _entries(key: str, tables: dict[str, Any]) -> list[dict[str, Any]]:
    """The tables `[[key]]` of the file."""
    found = tables.get(key, [])
    if not isinstance(found, list):
        raise BadScenario(f"{key} = {found!r}: tables [[{key}]] are wanted")
    return [_table(f"[[{key}]]", entry) for entry in found]


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
