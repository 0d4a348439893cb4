"""Where queueing theory has an answer, the light world gives it: Erlang C for those who wait, Erlang B for the lost.

Calls are started by chance alone and answered at once, so answers come as a Poisson stream; talks are exponential.
"""

from math import factorial, sqrt
from random import Random
from typing import Any

import pytest

from sim.world import Fate, Script
from strategies.base import Decision, Observation, Snapshot
from tests.bench.light import Light, Shift, cell

TALK_S, TICK_S, HOURS = 600.0, 10.0, 50.0


class Poisson:
    """Starts calls at the moments of a Poisson stream, whatever it sees."""

    name = "poisson"

    def __init__(self, per_s: float, seed: int) -> None:
        self._per_s, self._random = per_s, Random(seed)
        self._next_s = self._random.expovariate(per_s)

    def decide(self, snapshot: Snapshot) -> Decision:
        calls = 0
        while self._next_s <= snapshot.at_s:
            self._next_s += self._random.expovariate(self._per_s)
            calls += 1
        return Decision(calls, reason="")

    def observe(self, observation: Observation) -> None:
        pass


class Queue(Light):
    """Everybody answers at once, and talks for an exponential time; counts who had to wait."""

    def __init__(self, shift: Shift, per_s: float, seed: int) -> None:
        super().__init__(shift, Poisson(per_s, seed), seed)
        self.waited = 0

    def _script(self) -> Script:
        talk = self.random.expovariate(1.0)
        return Script(Fate.HUMAN, 0.0, 0.0, patience_s=float("inf"), talk_unit=talk, wrap_unit=0.0)

    def _end(self, about: Any) -> bool:
        self.waited += not self.free
        return super()._end(about)


def queue(agents: int, load: float, join_within_s: float, seed: int = 5) -> Queue:
    shift = cell(agents, 1.0, TALK_S, hours=HOURS, tick_s=TICK_S, join_within_s=join_within_s, shortest_talk_s=0.0)
    world = Queue(shift, load / TALK_S, seed)
    world.run()
    return world


def erlang_b(agents: int, load: float) -> float:
    terms = [load**k / factorial(k) for k in range(agents + 1)]
    return terms[-1] / sum(terms)


def erlang_c(agents: int, load: float) -> float:
    lost = erlang_b(agents, load)
    return lost / (1.0 - load / agents * (1.0 - lost))


def deviation(share: float, calls: int) -> float:
    """Of a share of so many calls; calls of one busy spell are alike, so it is three times the binomial one."""
    return 3.0 * sqrt(share * (1.0 - share) / calls)


@pytest.mark.parametrize(("agents", "load"), [(3, 2.0), (8, 6.0)])
def test_who_must_wait_is_erlang_c(agents: int, load: float) -> None:
    world = queue(agents, load, join_within_s=1e9)
    expected = erlang_c(agents, load)
    share = world.waited / world.result.answered
    assert share == pytest.approx(expected, abs=3.0 * deviation(expected, world.result.answered))
    assert world.result.occupancy == pytest.approx(load / agents, abs=0.04)


@pytest.mark.parametrize(("agents", "load"), [(3, 2.0)])
def test_who_is_lost_without_waiting_is_erlang_b(agents: int, load: float) -> None:
    world = queue(agents, load, join_within_s=0.0)
    expected = erlang_b(agents, load)
    assert world.result.abandonment == pytest.approx(expected, abs=3.0 * deviation(expected, world.result.answered))
