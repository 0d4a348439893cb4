"""Rest between calls: a least gap, and the most of his time that an agent may be at work."""

from dataclasses import replace

import pytest

from dialer.core.effects import BookAgentState, SetTimer
from dialer.core.events import BooksOpened, TimerFired
from dialer.core.ids import AgentId, AttemptId
from dialer.core.joining import serve
from dialer.core.outcome import LeadEffect
from dialer.core.settings import AgentSession
from dialer.core.states import AgentState
from dialer.core.timer import Timer, TimerKind
from dialer.core.wishes import AgentPaused, AgentSignedOut, Disposed
from strategies.base import Phase
from tests.core.playbook import CAMPAIGN, SERVER, Play, campaign, none, only, playing

TALK_S, WRAP_UP_S = 60.0, 30.0


def work(play: Play, agent: AgentId, attempt: AttemptId, talk_s: float = TALK_S) -> list:
    """One call from the answer to the result; what the result brought about."""
    play.answer(attempt)
    play.bridge(attempt, agent)
    play.after(talk_s).hang_up(attempt)
    play.back(agent)
    play.after(WRAP_UP_S)
    return play.tell(Disposed(at=play.at, agent=agent, attempt=attempt, disposition="agreed", effect=LeadEffect.DONE))


def resting(play: Play, agent: AgentId) -> bool:
    return play.floor.room.agents[agent].rests


def rest_of(effects: list) -> float | None:
    """For how long he rests, by the timer."""
    timers = [one for one in effects if isinstance(one, SetTimer) and one.timer.kind is TimerKind.REST]
    return timers[0].at if timers else None


def wake(play: Play, agent: AgentId) -> list:
    return play.tell(TimerFired(at=play.at, timer=Timer(TimerKind.REST, str(agent))))


def test_nobody_rests_where_nothing_is_set() -> None:
    play, agent, attempt = playing()
    assert rest_of(work(play, agent, attempt)) is None
    assert not resting(play, agent)
    assert play.asked(), "the next call is wanted at once"


def test_the_gap_is_kept_and_no_call_is_his_in_it() -> None:
    play, agent, attempt = playing(rest_s=10.0)
    effects = work(play, agent, attempt)
    assert rest_of(effects) == play.at + 10.0
    assert [one.reason for one in effects if isinstance(one, BookAgentState)] == ["rest"]
    room = play.floor.room
    assert play.asked() == []
    assert room.count_ready(SERVER, room.campaigns[CAMPAIGN]) == 0
    assert list(room.ready[SERVER]) == []

    effects = play.after(10.0) and wake(play, agent)
    booked = only(BookAgentState, effects)
    assert (booked.state, booked.reason, booked.since) == (AgentState.READY, "", play.at)
    assert len(play.asked()) == 1


def test_a_customer_who_waits_is_given_to_him_when_he_has_rested() -> None:
    play = Play(rest_s=10.0, mode="power", power_ratio=2.0)
    agent = play.sign_in()
    play.start()
    one, other = play.give_leads()
    work(play, agent, one)
    play.after(9.0).answer(other)
    room = play.floor.room
    serve(room, room.agents[agent])
    assert room.agents[agent].attempt is None
    play.after(1.0)
    wake(play, agent)
    assert room.agents[agent].attempt == other


def test_strategies_see_his_wrap_up_go_on() -> None:
    play, agent, attempt = playing(rest_s=10.0)
    work(play, agent, attempt)
    (record,) = play.floor.room.pictures[SERVER].busy(campaign())
    assert (record.phase, record.since_s) == (Phase.WRAP_UP, play.at - WRAP_UP_S)
    play.after(10.0)
    wake(play, agent)
    assert list(play.floor.room.pictures[SERVER].busy(campaign())) == []


@pytest.mark.parametrize(("waited_s", "rest_s"), [(0.0, 10.0), (4.0, 6.0), (60.0, None)])
def test_work_asks_for_its_part_of_waiting_and_what_he_has_waited_counts(waited_s: float, rest_s: float | None) -> None:
    """90 s of work at 90 %: 10 s."""
    play = Play(max_occupancy=0.9)
    agent = play.sign_in()
    play.after(waited_s).start()
    (attempt,) = play.give_leads()
    ends_at = rest_of(work(play, agent, attempt))
    assert ends_at == (None if rest_s is None else pytest.approx(play.at + rest_s))


def test_work_after_work_is_the_share_that_was_asked_for() -> None:
    play = Play(max_occupancy=0.8)
    agent = play.sign_in()
    play.start()
    began, worked_s = play.at, 0.0
    for round_ in range(20):
        (attempt,) = play.give_leads()
        talk_s = 20.0 + 17.0 * (round_ % 5)
        ends_at = rest_of(work(play, agent, attempt, talk_s))
        worked_s += talk_s + WRAP_UP_S
        assert ends_at is not None
        play.after(ends_at - play.at)
        wake(play, agent)
    assert worked_s / (play.at - began) == pytest.approx(0.8)


def test_a_quiet_morning_allows_five_minutes_in_advance_and_no_more() -> None:
    play = Play(max_occupancy=0.5)
    agent = play.sign_in()
    play.after(7200.0).start()
    (attempt,) = play.give_leads()
    assert rest_of(work(play, agent, attempt)) is None
    assert play.floor.room.agents[agent].owes_s == -300.0
    (attempt,) = play.give_leads()
    assert rest_of(work(play, agent, attempt, talk_s=570.0)) == pytest.approx(play.at + 300.0)


def test_a_pause_asked_for_comes_first_and_the_rest_runs_on_beside_it() -> None:
    play, agent, attempt = playing(rest_s=10.0)
    play.tell(AgentPaused(at=play.at, agent=agent, reason="lunch"))
    work(play, agent, attempt)
    assert play.floor.room.agents[agent].state is AgentState.PAUSED
    back = play.after(4.0).ready(agent)
    assert only(BookAgentState, back).reason == "rest"
    assert play.asked() == []
    play.after(6.0)
    wake(play, agent)
    assert len(play.asked()) == 1


def test_who_signs_out_in_his_rest_is_gone_and_the_timer_wakes_nobody() -> None:
    play, agent, attempt = playing(rest_s=10.0)
    work(play, agent, attempt)
    play.tell(AgentSignedOut(at=play.at, agent=agent))
    assert none(BookAgentState, wake(play, agent))
    play.sign_in()
    assert none(BookAgentState, wake(play, agent))


def test_after_a_restart_he_has_rested() -> None:
    play, agent, attempt = playing(rest_s=10.0)
    work(play, agent, attempt)
    session: AgentSession = replace(play.floor.room.agents[agent].session, state=AgentState.READY, reason="rest")
    again = Play(rest_s=10.0)
    effects = again.tell(BooksOpened(at=again.at, attempts=(), sessions=(session,), campaigns=(campaign(rest_s=10.0),)))
    assert rest_of(effects) == again.at
    assert only(BookAgentState, wake(again, agent)).reason == ""
    assert not resting(again, agent)
