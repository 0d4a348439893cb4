"""The people of a recorded day, in the order in which they were called: who answered when, talked how long, and left.

The record does not say all: those who did not have to wait are given a patience, those who were never talked to a talk
of the record, and calls beyond the recorded ones meet people drawn again from it. All by one seed.
"""

from collections.abc import Sequence
from random import Random

from dialer.core.outcome import Outcome
from dialer.core.record import RecordedCall
from sim.scenario import Scenario
from sim.world import Fate, Script, World

A_MOMENT_S = 0.001
FOR_EVER_S = 1e7
PATIENCE_S = 8.0
"""Mean of an exponential law: how long those who did not have to wait would have waited."""
ABANDONED_AFTER_S = 2.0
TALK_S = 60.0
"""Of a record without a single talk."""
FATES = {
    Outcome.BUSY: Fate.BUSY,
    Outcome.INVALID: Fate.INVALID,
    Outcome.REJECTED: Fate.INVALID,
    Outcome.UNAVAILABLE: Fate.INVALID,
    Outcome.CONGESTION: Fate.CONGESTION,
    Outcome.TRUNK_DOWN: Fate.CONGESTION,
    Outcome.FAILED_HERE: Fate.CONGESTION,
}
"""How a recorded end looks to the Floor; all others are silence."""


class RecordedWorld(World):
    """The people of the record, in the order in which they were called."""

    def __init__(self, scenario: Scenario, calls: Sequence[RecordedCall]) -> None:
        super().__init__(scenario.people, scenario.team, scenario.plant, scenario.seed)
        self._calls = calls
        self._talks = [(c.ended_at - c.bridged_at, c.wrap_s or 0.0) for c in calls if c.bridged_at and c.ended_at]
        self.drawn_again = 0

    def script(self, number: str, before: int = 0) -> Script:
        """The modelled number is a nine and the place in the order of calling, from one."""
        place = int(number[1:]) - 1
        random = Random(f"{self._seed}/{place}")
        if place < len(self._calls):
            return self._played(self._calls[place], random)
        self.drawn_again += 1
        if not self._calls:
            return Script(Fate.NO_ANSWER, None, FOR_EVER_S)
        return self._played(random.choice(self._calls), random)

    def talk_s(self, agent: int, script: Script) -> float:
        return script.talk_unit

    def wrap_s(self, agent: int, script: Script) -> float:
        return script.wrap_unit

    def _played(self, call: RecordedCall, random: Random) -> Script:
        rings_at_s = None if call.ringing_at is None else call.ringing_at - call.dialled_at
        if call.answered_at is None:
            ends_s = FOR_EVER_S if call.ended_at is None else call.ended_at - call.dialled_at
            fate = FATES.get(Outcome(call.outcome), Fate.NO_ANSWER) if call.outcome else Fate.NO_ANSWER
            return Script(fate, rings_at_s, ends_s)
        talk_s, wrap_s = self._talk(call, random)
        answered_s = call.answered_at - call.dialled_at
        return Script(Fate.HUMAN, rings_at_s, answered_s, _patience_s(call, random), talk_s, wrap_s)

    def _talk(self, call: RecordedCall, random: Random) -> tuple[float, float]:
        if call.bridged_at is None:
            return random.choice(self._talks) if self._talks else (TALK_S, 0.0)
        if call.ended_at is None:
            return FOR_EVER_S, 0.0
        return call.ended_at - call.bridged_at, FOR_EVER_S if call.wrap_s is None else call.wrap_s


def _patience_s(call: RecordedCall, random: Random) -> float:
    """Who left is known to have had no more; who was joined, at least what he waited."""
    assert call.answered_at is not None
    if call.caller_left and call.ended_at is not None:
        return call.ended_at - call.answered_at
    waited_s = (call.bridged_at or call.ended_at or call.answered_at) - call.answered_at
    least_s = waited_s + A_MOMENT_S if call.connected else max(waited_s, ABANDONED_AFTER_S)
    return max(least_s, random.expovariate(1.0 / PATIENCE_S))
