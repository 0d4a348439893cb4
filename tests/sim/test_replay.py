"""A record written by hand, lived again: who was where, what is drawn, what is not known."""

from dataclasses import replace
from typing import Any

import pytest

from dialer.core.hours import Calendar
from dialer.core.ids import AgentId, CampaignId, GroupId, ProjectId
from dialer.core.ledger import CeilingMode, Counted, LedgerWindow
from dialer.core.record import DayRecord, RecordedCall, RecordedState
from dialer.core.settings import CampaignSettings
from dialer.core.states import AgentState
from sim.replay import AsRecorded, recorded_tally, replayed
from sim.run import START
from strategies.base import Snapshot

BEGINS = 1_790_000_000.0
ENDS = BEGINS + 600.0
ANNA, BORIS = AgentId(1001), AgentId(1002)
S = AgentState
SETTINGS = CampaignSettings(
    CampaignId(7), ProjectId(1), "заказы", frozenset({GroupId(3)}), mode="predictive", calendar=Calendar(), ring_s=30.0
)


def call(at: float, **times: float) -> RecordedCall:
    """Dialled `at` seconds after the beginning; times in seconds after the dialling."""
    said = {name: BEGINS + at + after for name, after in times.items()}
    return RecordedCall(
        dialled_at=BEGINS + at,
        ringing_at=said.get("rings"),
        answered_at=said.get("answers"),
        bridged_at=said.get("joins"),
        ended_at=said.get("ends"),
        outcome="answered" if "joins" in said else "abandoned" if "answers" in said else "busy",
        abandoned="answers" in said and "joins" not in said,
        caller_left=False,
        wrap_s=10.0 if "joins" in said else None,
    )


def state(agent: AgentId, at: float, into: AgentState, elsewhere: bool = False) -> RecordedState:
    return RecordedState(agent, BEGINS + at, into, elsewhere)


TALK = call(10.0, rings=2.0, answers=5.0, joins=5.004, ends=65.0)
RECORD = DayRecord(
    settings=SETTINGS,
    begins=BEGINS,
    ends=ENDS,
    calls=(TALK, call(10.0, ends=1.0), call(11.0, rings=2.0, answers=6.0, ends=14.0)),
    states=(
        state(ANNA, 0.0, S.CALLING),
        state(ANNA, 1.0, S.READY),
        state(BORIS, 2.0, S.READY, elsewhere=False),
        state(BORIS, 5.0, S.TALKING, elsewhere=True),
        state(ANNA, 15.004, S.TALKING),
        state(ANNA, 75.0, S.WRAP_UP),
        state(ANNA, 85.0, S.PAUSED),
        state(BORIS, 300.0, S.READY),
        state(ANNA, 400.0, S.READY),
        state(ANNA, 500.0, S.OFFLINE),
    ),
    starts=((BEGINS + 9.995, 2), (BEGINS + 10.995, 1)),
)


def test_as_decided_everybody_does_what_the_record_says() -> None:
    figures = replayed(RECORD, None).tally.figures()
    recorded = recorded_tally(RECORD).figures()
    for name in ("attempts", "answered", "connected", "abandoned"):
        assert figures[name] == recorded[name], name
    assert (figures["attempts"], figures["connected"], figures["abandoned"]) == (3, 1, 1)
    assert abs(figures["occupancy"] - recorded["occupancy"]) < 0.01


@pytest.mark.parametrize(
    "changed",
    [
        {"skill": "german", "skill_level": 3},
        {"ceiling_mode": CeilingMode.HARD},
        {"ceiling_mode": CeilingMode.HARD, "ceiling_window": LedgerWindow.DAY},
        {"calls_per_second": 0.02},
        {"lines_share": 0.000001},
        {"max_lines": 1},
        {"law": "ru_collection"},
        {"law": "ru_ads", "needs_label": True, "caller": "4951234567"},
    ],
    ids=str,
)
def test_whatever_held_the_campaign_then_is_in_the_record_already(changed: dict[str, Any]) -> None:
    bound = replace(RECORD, settings=replace(SETTINGS, **changed))
    figures = replayed(bound, None).tally.figures()
    assert (figures["attempts"], figures["connected"], figures["abandoned"]) == (3, 1, 1)
    free = replayed(RECORD, "progressive").tally.figures()
    assert replayed(bound, "progressive").tally.figures() == free, "it keeps progressive from nothing"


def test_a_start_that_the_guard_would_clip_is_made_when_it_can_be() -> None:
    strategy = AsRecorded([(0.0, 3), (10.0, 1)])
    with_agent = Snapshot(at_s=1.0, free_agents=1, free_lines=2)
    assert strategy.decide(replace(with_agent, free_agents=0)).calls_to_start == 0
    assert strategy.decide(with_agent).calls_to_start == 2
    assert strategy.decide(replace(with_agent, at_s=11.0)).calls_to_start == 2
    assert strategy.decide(replace(with_agent, at_s=12.0)).calls_to_start == 0


@pytest.mark.parametrize("window", LedgerWindow)
def test_under_a_hard_ceiling_the_other_strategy_has_the_ledger_of_before(window: LedgerWindow) -> None:
    hard = replace(SETTINGS, ceiling_mode=CeilingMode.HARD, ceiling_window=window, power_ratio=5.0)
    bound = replace(RECORD, settings=hard)
    riches = [Counted(BEGINS - 3600.0, 10_000, 0)]
    debts = [Counted(BEGINS - 3600.0, 10_000, 9_000)]
    attempts = [replayed(bound, "power", past=past).tally.attempts for past in (riches, debts, ())]
    assert attempts[0] > attempts[1]
    assert attempts[1] == attempts[2], "neither allows more than the free agents"


def test_a_record_may_lie_across_a_midnight_of_the_simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    hard = replace(SETTINGS, ceiling_mode=CeilingMode.HARD, ceiling_window=LedgerWindow.DAY, power_ratio=5.0)
    riches = [Counted(BEGINS - 3600.0, 10_000, 0)]
    at_noon = replayed(replace(RECORD, settings=hard), "power", past=riches).tally.attempts
    monkeypatch.setattr("sim.replay.START", START + 13 * 3600 - 300.0)
    monkeypatch.setattr("sim.run.START", START + 13 * 3600 - 300.0)
    assert replayed(replace(RECORD, settings=hard), "power", past=riches).tally.attempts == at_noon


def test_an_agent_at_work_for_another_campaign_is_away() -> None:
    """Anna talks, Boris is elsewhere: the third call is lost; had he been here, it would not be."""
    states = tuple(replace(one, state=S.READY) if one.elsewhere else one for one in RECORD.states)
    here = replace(RECORD, states=tuple(replace(one, elsewhere=False) for one in states))
    assert replayed(RECORD, None).tally.abandoned == 1
    assert replayed(here, None).tally.abandoned == 0


def test_a_strategy_that_dials_more_meets_people_drawn_again() -> None:
    again = replayed(RECORD, "progressive")
    assert again.drawn_again == again.tally.attempts - len(RECORD.calls)
    assert again.drawn_again > 0
    other = replayed(RECORD, "progressive", seed=2)
    assert again.tally.figures() == replayed(RECORD, "progressive").tally.figures()
    assert other.tally.figures() != again.tally.figures()


def test_a_day_without_calls_has_nobody_who_answers() -> None:
    empty = replace(RECORD, calls=(), starts=())
    assert recorded_tally(empty).figures()["attempts"] == 0
    assert replayed(empty, "progressive").tally.figures()["answered"] == 0
