"""What a dialled number does, as data: a behaviour is a line of steps, played from the INVITE on.

Ready behaviours are functions (`answers`, `busy`, `no_answer`, …), the same names in JSON: `{"does": "answers",
"ring_s": 3}`. A number that has played its last step stays as it is until the other side ends the call.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sim.sip.audio import GREETING, HELLO, SILENCE, TALK, Sound, tone
from sim.sip.rtp import Listen


@dataclass(frozen=True, slots=True)
class Wait:
    seconds: float


@dataclass(frozen=True, slots=True)
class Ring:
    """180."""


@dataclass(frozen=True, slots=True)
class Progress:
    """183 with early media."""

    sound: Sound | None


@dataclass(frozen=True, slots=True)
class Answer:
    """200 OK. `sound` None sends no packet at all: the cheapest person there is."""

    sound: Sound | None = None
    listen: Listen = Listen.FIRST_SOUND


@dataclass(frozen=True, slots=True)
class Hear:
    """Go on at the first sound heard; hang up where none comes within `patience_s`."""

    patience_s: float


@dataclass(frozen=True, slots=True)
class Refuse:
    """A final response; `cause` is the network's own Q.850 reason, 0 = none sent."""

    code: int
    cause: int = 0


@dataclass(frozen=True, slots=True)
class HangUp:
    """BYE."""


@dataclass(frozen=True, slots=True)
class Vanish:
    """Dead without a word; as the very first step not even 100 is sent."""


Step: TypeAlias = Wait | Ring | Progress | Answer | Hear | Refuse | HangUp | Vanish


@dataclass(frozen=True, slots=True)
class Behaviour:
    name: str
    steps: tuple[Step, ...]


def answers(
    *,
    ring_s: float | None = 0.5,
    early_s: float | None = None,
    talk_s: float | None = None,
    patience_s: float | None = None,
    says: Sound | None = None,
    listen: Listen = Listen.FIRST_SOUND,
) -> Behaviour:
    """Answers after `early_s` of early media and `ring_s` of ringing (None: without), talks, hangs up.

    `talk_s` counts from the first sound heard where `patience_s` is given, else from the answer; None: talks until
    the caller ends it. Who hears nothing within `patience_s` of the answer hangs up.
    """
    patience: tuple[Step, ...] = () if patience_s is None else (Hear(patience_s),)
    talk: tuple[Step, ...] = () if talk_s is None else (Wait(talk_s), HangUp())
    return Behaviour("answers", (*_before(ring_s, early_s), Answer(says, listen), *patience, *talk))


def machine(
    *, ring_s: float | None = 0.5, early_s: float | None = None, says: Sound = GREETING, talk_s: float = 30.0
) -> Behaviour:
    """An answering machine: greets, then records for the rest of `talk_s`."""
    steps = (*_before(ring_s, early_s), Answer(says), Wait(talk_s), HangUp())
    return Behaviour("machine", steps)


def refuses(code: int, cause: int = 0, *, ring_s: float | None = None, early_s: float | None = None) -> Behaviour:
    """Ends with `code`, after early media and ringing where asked."""
    return Behaviour(f"refuses_{code}", (*_before(ring_s, early_s), Refuse(code, cause)))


def busy(*, ring_s: float | None = None, early_s: float | None = None) -> Behaviour:
    return refuses(486, ring_s=ring_s, early_s=early_s)


def declines(*, ring_s: float | None = 0.5, early_s: float | None = None) -> Behaviour:
    """The person looks at the caller's number and says no: 603."""
    return refuses(603, ring_s=ring_s, early_s=early_s)


def invalid(*, early_s: float | None = None) -> Behaviour:
    """No such number: 404."""
    return refuses(404, early_s=early_s)


def unavailable(*, early_s: float | None = None) -> Behaviour:
    """Switched off or out of reach: 480."""
    return refuses(480, early_s=early_s)


def congestion() -> Behaviour:
    """The carrier has no line: 503."""
    return refuses(503)


def no_answer(*, early: bool = False) -> Behaviour:
    """Rings until the caller gives up; `early` rings as 183 with early media and never says 180."""
    return Behaviour("no_answer", (Progress(RINGBACK),) if early else (Ring(),))


def stalls() -> Behaviour:
    """100 Trying, and nothing more."""
    return Behaviour("stalls", ())


def silent() -> Behaviour:
    """No response at all."""
    return Behaviour("silent", (Vanish(),))


def vanishes(*, ring_s: float | None = 0.5, talk_s: float = 1.0, says: Sound | None = None) -> Behaviour:
    """Answers, talks, and is gone without BYE."""
    return Behaviour("vanishes", (*_before(ring_s, None), Answer(says), Wait(talk_s), Vanish()))


RINGBACK = tone(425)
"""The pitch of ringing, busy and dial tone in Russia, Hz."""

SOUNDS: Mapping[str, Sound] = {"silence": SILENCE, "hello": HELLO, "talk": TALK, "greeting": GREETING}

BEHAVIOURS: Mapping[str, Callable[..., Behaviour]] = {
    does.__name__: does
    for does in (
        *(answers, machine, refuses, busy, declines, invalid, unavailable, congestion),
        *(no_answer, stalls, silent, vanishes),
    )
}


def _before(ring_s: float | None, early_s: float | None) -> tuple[Step, ...]:
    early: tuple[Step, ...] = () if early_s is None else (Progress(RINGBACK), Wait(early_s))
    ring: tuple[Step, ...] = () if ring_s is None else (Ring(), Wait(ring_s))
    return early + ring


def from_json(description: Mapping[str, Any]) -> Behaviour:
    """`{"does": NAME, …its arguments}` to a behaviour. Raises ValueError naming the right keys."""
    arguments = dict(description)
    name = arguments.pop("does", None)
    if name not in BEHAVIOURS:
        raise ValueError(f"behaviour {name!r} is none of: {', '.join(BEHAVIOURS)}")
    allowed = inspect.signature(BEHAVIOURS[name]).parameters
    for key in arguments:
        if key not in allowed:
            raise ValueError(f"{name} takes no {key!r}; it takes: {', '.join(allowed) or 'nothing'}")
    if "says" in arguments:
        arguments["says"] = sound_from(arguments["says"])
    if "listen" in arguments:
        arguments["listen"] = Listen(arguments["listen"])
    return BEHAVIOURS[name](**arguments)


def sound_from(name: str | None) -> Sound | None:
    """`null`, a name of SOUNDS, or `tone:HZ`. Raises ValueError."""
    if name is None:
        return None
    if name.startswith("tone:") and name[5:].isdigit():
        return tone(int(name[5:]))
    if name not in SOUNDS:
        raise ValueError(f"sound {name!r} is none of: {', '.join(SOUNDS)}, tone:HZ")
    return SOUNDS[name]
