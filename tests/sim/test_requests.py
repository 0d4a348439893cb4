"""Fresh requests in virtual time: first called in time, then by the rules; and from what load on they are not."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.core.effects import Effect, Originate
from dialer.core.events import Event
from dialer.core.outcome import Outcome
from sim.checks import Checks
from sim.load import CLOSE_ENOUGH, MOST_DAYS, loads, next_load
from sim.requests import Requests
from sim.run import START, Day
from sim.scenario import Limits, Scenario, broken_limits, read_scenario
from sim.world import People, Team

SIX_HUNDRED = read_scenario(Path(__file__).parents[2] / "sim" / "scenarios" / "requests.toml")
SMALL = Scenario(
    hours=0.5, team=Team(agents=4, talk_s=40.0, wrap_s=8.0), requests=Requests(per_hour=150.0, first_call_s=300.0)
)


def test_six_hundred_requests_an_hour_are_first_called_in_time_by_twenty_agents() -> None:
    day = Day(replace(SIX_HUNDRED, hours=0.5))
    day.run()
    figures = day.figures()
    assert broken_limits(SIX_HUNDRED.limits, figures) == []
    assert figures["requests"] == pytest.approx(300, rel=0.2)
    assert figures["first_calls_in_time"] >= 0.95


def test_a_team_that_is_too_small_breaks_the_limit_and_it_is_named() -> None:
    day = Day(replace(SIX_HUNDRED, hours=0.6, team=Team(agents=1)))
    day.run()
    (broken, *_) = broken_limits(Limits(first_calls_in_time_least=0.95), day.figures())
    assert broken.startswith("first_calls_in_time is 0.")


def test_nothing_is_lost_and_the_day_is_the_same_twice() -> None:
    days = [Day(SMALL, checked=True) for _ in range(2)]
    for day in days:
        day.run()
    assert days[0].figures() == days[1].figures()
    days[0].wind_down()
    Checks(days[0]).at_end()


def test_who_was_busy_is_called_again_when_the_rules_say_so() -> None:
    """Half an hour after: the minimum gap. The second call finds another fate."""
    busy = People(answer_ratio=0.3, machine_share=0.0, busy_share=1.0, invalid_share=0.0, congestion_share=0.0)
    dialled: dict[str, list[float]] = {}

    def journal(event: Event, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Originate):
                dialled.setdefault(effect.number, []).append(event.at - START)

    day = Day(replace(SMALL, hours=1.5, people=busy), journal=journal)
    day.run()
    again = [times[1] - times[0] for times in dialled.values() if len(times) > 1]
    assert len(again) > 20
    assert all(gap >= 1800.0 for gap in again)
    answered = [settle.lead for settle in day.books.settled.values() if settle.outcome is Outcome.ANSWERED]
    assert len(answered) == len(set(answered))  # who was talked to is done


@given(st.floats(20.0, 2000.0), st.floats(30.0, 1500.0))
def test_the_limit_is_closed_in_on_from_wherever_one_begins(begin: float, limit: float) -> None:
    holds, fails, days = 0.0, float("inf"), 0
    per_hour: float | None = begin
    while per_hour is not None:
        holds, fails = (per_hour, fails) if per_hour <= limit else (holds, per_hour)
        days += 1
        per_hour = next_load(holds, fails)
    assert holds <= limit < fails
    assert fails <= holds * CLOSE_ENOUGH + 1.0
    assert days <= MOST_DAYS


def test_a_small_teams_load_is_found() -> None:
    team, wanted = Team(agents=1, talk_s=40.0, wrap_s=8.0), Requests(per_hour=160.0, first_call_s=120.0)
    found = list(loads(Scenario(strategy="progressive", hours=0.25, team=team, requests=wanted)))
    kept = [one.per_hour for one in found if one.holds]
    lost = [one.per_hour for one in found if not one.holds]
    assert max(kept, default=0.0) < min(lost)
