"""The behaviour file: which number does what, as JSON; and a mistake in it told by its place.

    {"numbers": {"9161234567": {"does": "busy"}, "9161234568": [{"does": "busy"}, {"does": "answers"}]},
     "endings": {"00": {"does": "invalid"}},
     "others": {"does": "answers", "ring_s": 3, "talk_s": 20},
     "world": {"seed": 7, "people": {"answer_ratio": 0.4}, "team": {"talk_s": 8}, "plant": {}}}

Every part may be left out. `others` speaks for the numbers in no table; without it the seeded `world` does.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sim.sip.behaviour import Behaviour, from_json
from sim.sip.carrier import Carrier
from sim.sip.people import crowd
from sim.world import People, Plant, Team

PARTS = ("numbers", "endings", "others", "world")

Made = TypeVar("Made")


def follow(script: Mapping[str, Any], carrier: Carrier) -> None:
    """Set the carrier up as the script says. Raises ValueError naming the place and the cure; nothing is set then."""
    for part in script:
        if part not in PARTS:
            raise ValueError(f"{part}: no such part; there are: {', '.join(PARTS)}")
    numbers = {number: _turns(f"numbers.{number}", does) for number, does in script.get("numbers", {}).items()}
    endings = {ending: _one(f"endings.{ending}", does) for ending, does in script.get("endings", {}).items()}
    world = _made("world", _world, script.get("world", {}))
    others = _one("others", script["others"]) if "others" in script else None
    for number, turns in numbers.items():
        carrier.on(number, *turns)
    for ending, behaviour in endings.items():
        carrier.on_ending(ending, behaviour)
    if others is not None:
        carrier.others = lambda number, before: others
    elif "world" in script:
        carrier.others = world


def _turns(place: str, does: Any) -> tuple[Behaviour, ...]:
    described = does if isinstance(does, list) else [does]
    if not described:
        raise ValueError(f"{place}: a number needs at least one behaviour")
    return tuple(_one(place, one) for one in described)


def _one(place: str, does: Any) -> Behaviour:
    return _made(place, from_json, does)


def _made(place: str, maker: Callable[[Any], Made], description: Any) -> Made:
    if not isinstance(description, dict):
        raise ValueError(f"{place}: an object in braces is wanted")
    try:
        return maker(description)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{place}: {error}") from None


def _world(description: Mapping[str, Any]) -> Callable[[str, int], Behaviour]:
    parts = dict(description)
    world = crowd(
        parts.pop("seed", 1),
        People(**parts.pop("people", {})),
        Team(**parts.pop("team", {})),
        Plant(**parts.pop("plant", {})),
    )
    if parts:
        raise ValueError(f"{', '.join(parts)}: no such part; there are: seed, people, team, plant")
    return world
