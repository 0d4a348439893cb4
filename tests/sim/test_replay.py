"""A record written by hand, lived again: who was where, what is drawn, what is not known."""

from dataclasses import replace

from dialer.core.hours import Calendar
from dialer.core.ids import AgentId, CampaignId, GroupId, ProjectId
from dialer.core.record import DayRecord, RecordedCall, RecordedState
from dialer.core.settings import CampaignSettings
from dialer.core.states import AgentState
from sim.replay import recorded_tally, replayed

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
