"""The seeded world behind the carrier: `sim.world` says what each person does, this turns it into a behaviour.

The same seed and number always give the same person, whatever else is called and in whatever order.
"""

from sim.sip.audio import GREETING
from sim.sip.behaviour import Answer, Behaviour, HangUp, Hear, Refuse, Ring, Step, Vanish, Wait
from sim.sip.carrier import Rule
from sim.world import SHORTEST_TALK_S, Fate, People, Plant, Script, Team, World

_REFUSALS = {Fate.BUSY: 486, Fate.INVALID: 404, Fate.CONGESTION: 503, Fate.NO_ANSWER: 480}
"""What the network says at the end; an unanswered call that it clears itself ends with 480."""

_MACHINE_RECORDS_S = 30.0


def crowd(seed: int, people: People, team: Team, plant: Plant) -> Rule:
    """Everybody of a seeded world, each number at each of its calls the same person as in virtual time.

    A person who is joined to an agent talks the team's mean times a factor of his own.
    """
    world = World(people, team, plant, seed)
    return lambda number, before: behaviour_of(world.script(number, before), team.talk_s)


def behaviour_of(script: Script, talk_mean_s: float) -> Behaviour:
    """A script of the world, second by second, as SIP. The talk counts from the first sound heard: from the join."""
    return Behaviour(script.fate, (*_until_the_end(script), *_end(script, talk_mean_s)))


def _until_the_end(script: Script) -> tuple[Step, ...]:
    if script.fate is Fate.SILENT:
        return ()
    if script.rings_at_s is None:
        return (Wait(script.ends_at_s),)
    return Wait(script.rings_at_s), Ring(), Wait(script.ends_at_s - script.rings_at_s)


def _end(script: Script, talk_mean_s: float) -> tuple[Step, ...]:
    match script.fate:
        case Fate.HUMAN:
            talk_s = max(SHORTEST_TALK_S, script.talk_unit * talk_mean_s)
            return Answer(), Hear(script.patience_s), Wait(talk_s), HangUp()
        case Fate.SILENT:
            return (Vanish(),)
        case Fate.MACHINE:
            return Answer(GREETING), Wait(_MACHINE_RECORDS_S), HangUp()
        case refused:
            return (Refuse(_REFUSALS[refused]),)
