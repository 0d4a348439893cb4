"""Days through the real Floor: the same twice, nothing lost, queueing theory met, nobody called without agents."""

from collections.abc import Callable
from dataclasses import replace
from math import exp, factorial
from random import Random

import pytest

import strategies
from dialer.core.effects import Effect, Originate
from dialer.core.events import Event
from dialer.core.ids import AttemptId
from dialer.core.states import AgentState
from sim.checks import Broken, Checks
from sim.requests import Requests
from sim.run import START, Day
from sim.scenario import Faults, Scenario
from sim.tally import Tally
from sim.world import Change, People, Team
from strategies.base import Decision, Observation, Snapshot

SMALL = Scenario(hours=0.25, team=Team(agents=5, talk_s=40.0, wrap_s=8.0))
FAULTY = Faults(
    lost=0.01,
    late=0.02,
    doubled=0.05,
    reordered=0.05,
    link_cut_every_s=240.0,
    books_away_every_s=300.0,
    phone_dies_every_s=200.0,
    clock_step_every_s=400.0,
)


def story(scenario: Scenario) -> tuple[list[str], dict[str, object]]:
    told: list[str] = []

    def journal(event: Event, effects: list[Effect]) -> None:
        told.append(f"{event} -> {effects}")

    day = Day(scenario, journal=journal)
    return told, day.run().figures()


def lived(scenario: Scenario) -> Day:
    """The day to its very end, checked after every step."""
    day = Day(scenario, checked=True)
    day.run()
    day.wind_down()
    Checks(day).at_end()
    return day


def test_the_same_seed_is_the_same_day_event_by_event() -> None:
    assert story(SMALL) == story(SMALL)
    assert story(SMALL)[1] != story(replace(SMALL, seed=2))[1]


@pytest.mark.parametrize("strategy", ["progressive", "power", "predictive"])
def test_nothing_is_lost_on_a_good_day(strategy: str) -> None:
    day = lived(replace(SMALL, strategy=strategy))
    figures = day.tally.figures()
    assert figures["attempts"] == len(day.books.settled)
    assert figures["answered"] == figures["connected"] + figures["abandoned"]
    assert figures["connected"] > 0
    assert day.floor.room.orphans == 0


@pytest.mark.parametrize("seed", range(1, 7))
def test_nothing_is_lost_on_a_bad_day(seed: int) -> None:
    day = lived(replace(SMALL, seed=seed, faults=FAULTY))
    assert day.link.hurt > 0
    assert day.tally.connected > 0


def test_the_books_and_the_world_count_the_same_abandonments() -> None:
    day = lived(replace(SMALL, strategy="power", power_ratio=3.0, ceiling=0.5, hours=0.5))
    booked = sum(settle.abandoned for settle in day.books.settled.values())
    assert booked == day.tally.abandoned > 0


def test_without_agents_nobody_is_called() -> None:
    started: list[float] = []

    def journal(event: Event, effects: list[Effect]) -> None:
        started.extend(event.at for effect in effects if isinstance(effect, Originate))

    leaves = Change(at_s=300.0, team={"agents": 0})
    Day(replace(SMALL, changes=(leaves,)), journal=journal).run()
    assert started
    assert max(started) <= START + 300.01  # what was being reserved at that instant; nobody starts after it


def test_progressive_loses_nobody() -> None:
    assert Day(replace(SMALL, strategy="progressive", hours=1.0)).run().abandoned == 0


def test_in_preview_agents_read_then_call_and_nobody_is_lost() -> None:
    day = lived(replace(SMALL, strategy="preview", hours=0.5))
    assert day.tally.connected > 0
    assert day.tally.abandoned == 0
    assert day.tally.seconds[AgentState.PREVIEWING] > 10.0 * day.tally.attempts


@pytest.mark.parametrize("strategy", ["manual", "preview"])
@pytest.mark.parametrize("seed", range(1, 4))
def test_nothing_is_lost_of_calls_by_hand_on_a_bad_day(seed: int, strategy: str) -> None:
    day = lived(replace(SMALL, strategy=strategy, hours=0.5, seed=seed, faults=FAULTY))
    assert day.link.hurt > 0
    assert day.tally.connected > 0


def test_in_manual_agents_pick_read_and_call_and_nobody_is_lost() -> None:
    day = lived(replace(SMALL, strategy="manual", hours=0.5))
    assert day.tally.connected > 0
    assert day.tally.abandoned == 0
    preview = lived(replace(SMALL, strategy="preview", hours=0.5))
    assert day.tally.attempts < preview.tally.attempts, "who seeks for himself calls less often"


def test_fresh_requests_are_picked_in_their_order() -> None:
    day = lived(replace(SMALL, strategy="manual", hours=0.5, requests=Requests(per_hour=60.0)))
    assert day.figures()["first_calls_in_time"] == 1.0


def test_a_list_that_ends_ends_the_day() -> None:
    day = lived(replace(SMALL, leads=30))
    assert day.tally.attempts == 30


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda day: day.books.claimed.add(AttemptId("gone")), "neither live nor settled"),
        (lambda day: setattr(next(iter(day.floor.room.trunks.values())), "lines_used", -1), "lines are counted"),
        (lambda day: day.floor.room.calls.clear(), "neither live nor settled"),
    ],
)
def test_what_is_not_accounted_for_is_noticed_at_once(break_it: Callable[[Day], None], words: str) -> None:
    day = Day(SMALL)
    day.run()
    Checks(day).at_rest()
    break_it(day)
    with pytest.raises(Broken, match=words):
        Checks(day).at_rest()


def test_an_agent_at_work_without_a_call_is_noticed() -> None:
    day = Day(SMALL)
    day.run()
    agent = next(agent for agent in day.floor.room.agents.values() if agent.state is AgentState.TALKING)
    agent.attempt = None
    with pytest.raises(Broken, match="has no call of his own"):
        Checks(day).at_rest()


def test_checks_notice_what_is_broken() -> None:
    day = Day(SMALL)
    day.run()
    with pytest.raises(Broken, match=r"never settled.*scenario day, seed 1"):
        Checks(day).at_end()


# ---- queueing theory


class Poisson:
    """Starts calls as a Poisson stream, whatever the agents do: open loop, for comparison with formulas."""

    name = "poisson"

    def __init__(self, per_s: float) -> None:
        self._per_s, self._random, self._until, self._at = per_s, Random(5), 0.0, 0.0

    def decide(self, snapshot: Snapshot) -> Decision:
        if self._at == 0.0:
            self._at = snapshot.at_s
        calls = 0
        while self._at < snapshot.at_s:
            self._at += self._random.expovariate(self._per_s)
            calls += 1
        return Decision(calls_to_start=calls, reason="поток", strategy=self.name)

    def observe(self, observation: Observation) -> None:
        """An open loop learns nothing."""


def erlang_c(servers: int, load: float) -> float:
    """P(an arrival waits) in M/M/c."""
    last = load**servers / factorial(servers) * servers / (servers - load)
    return last / (sum(load**k / factorial(k) for k in range(servers)) + last)


def open_loop(monkeypatch: pytest.MonkeyPatch, servers: int, load: float, hours: float) -> Tally:
    service_s = 30.0
    monkeypatch.setitem(strategies.OURS, "poisson", lambda settings: Poisson(load / service_s))
    return Day(
        Scenario(
            strategy="poisson",
            hours=hours,
            answer_limit_s=3600.0,
            team=Team(agents=servers, talk_s=service_s, talk_cv=1.0, wrap_s=0.0),
            people=People(answer_ratio=1.0, patience_s=1e9),
        )
    ).run()


@pytest.mark.parametrize(("servers", "load"), [(3, 1.8), (10, 8.0)])
def test_waiting_follows_erlang_c(monkeypatch: pytest.MonkeyPatch, servers: int, load: float) -> None:
    """A lognormal of the exponential's spread stands for it: the share who wait is within a few points."""
    tally = open_loop(monkeypatch, servers, load, hours=3.0)
    figures = tally.figures()
    waited = sum(wait > 0.1 for _, wait, _ in tally.answers) / len(tally.answers)
    longer = sum(wait >= 2.0 for _, wait, _ in tally.answers) / len(tally.answers)
    expected = erlang_c(servers, load)
    assert waited == pytest.approx(expected, abs=0.05)
    assert longer == pytest.approx(expected * exp(-(servers - load) / 30.0 * 2.0), abs=0.05)
    assert figures["occupancy"] == pytest.approx(load / servers, abs=0.03)


def test_books_that_nobody_will_read_forget_what_is_settled_and_change_nothing() -> None:
    kept, forgotten = Day(SMALL), Day(SMALL, checked=True)
    forgotten.books.keeps = False
    assert forgotten.run().figures() == kept.run().figures()
    assert not forgotten.books.settled
    assert forgotten.books.claimed == kept.books.claimed - kept.books.settled.keys()
