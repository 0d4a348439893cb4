"""Supervisors on agents' lines: what the Floor sends, shows and forgets."""

import pytest

from dialer.core.effects import CallSpy, DropSpy, TurnSpy
from dialer.core.events import ServerDown, ServerUp, SpyGone, SpyOn
from dialer.core.ids import AgentId, SpyId, spy_channel
from dialer.core.settings import PhoneKind
from dialer.core.states import SpyMode
from dialer.core.view import view_of
from dialer.core.wishes import SpyAsked, SpyStopped, SpyTurned
from tests.core.playbook import SERVER, T0, Play, none, only

AGENT = AgentId(1001)
SPY = spy_channel(AGENT, "n1")


def asked(play: Play, endpoint: str = "1010", spy=SPY) -> list:
    event = SpyAsked(at=play.at, spy=spy, agent=AGENT, endpoint=endpoint, mode=SpyMode.LISTEN, by="olga")
    return play.tell(event)


def listeners(play: Play) -> list[tuple[str, str, bool]]:
    [agent] = view_of(play.floor, play.at).agents
    return [(one.by, one.mode.value, one.on) for one in agent.listeners]


@pytest.fixture
def play() -> Play:
    play = Play()
    play.sign_in(AGENT)
    return play


def test_the_phone_is_rung_and_shown_until_it_is_gone(play: Play) -> None:
    call = only(CallSpy, asked(play))
    assert (call.endpoint, call.leg, call.mode) == ("1010", play.floor.room.agents[AGENT].leg, SpyMode.LISTEN)
    assert listeners(play) == [("olga", "listen", False)]
    play.tell(SpyOn(at=play.at, spy=SPY, mode=SpyMode.LISTEN))
    assert listeners(play) == [("olga", "listen", True)]
    assert only(TurnSpy, play.tell(SpyTurned(at=play.at, spy=SPY, mode=SpyMode.BARGE))).mode is SpyMode.BARGE
    assert listeners(play) == [("olga", "listen", True)], "asked is not done"
    play.tell(SpyOn(at=play.at, spy=SPY, mode=SpyMode.BARGE))
    assert listeners(play) == [("olga", "barge", True)]
    assert only(DropSpy, play.tell(SpyStopped(at=play.at, spy=SPY))).spy == SPY
    play.tell(SpyGone(at=play.at, spy=SPY))
    assert listeners(play) == []


@pytest.mark.parametrize("endpoint", ["trunk", "agent-1001"])
def test_a_trunk_and_a_phone_at_work_are_never_rung(play: Play, endpoint: str) -> None:
    assert none(CallSpy, asked(play, endpoint))
    assert listeners(play) == []


def test_a_phone_listens_to_one_agent_at_a_time(play: Play) -> None:
    asked(play)
    assert none(CallSpy, asked(play, spy=spy_channel(AGENT, "n2")))


def test_an_agent_without_a_leg_cannot_be_heard() -> None:
    play = Play()
    play.sign_in(AGENT, kind=PhoneKind.PER_CALL)
    assert none(CallSpy, asked(play))


@pytest.mark.parametrize("kind", [SpyTurned, SpyStopped, SpyOn, SpyGone])
def test_words_about_a_phone_that_nobody_knows_are_nothing(play: Play, kind) -> None:
    more = {"mode": SpyMode.BARGE} if kind in (SpyTurned, SpyOn) else {}
    assert play.tell(kind(at=play.at, spy=SPY, **more)) == []


def resynced(play: Play, *spies: SpyId) -> list:
    return play.tell(ServerUp(at=play.at, server=SERVER, booted_at=T0 - 100, spies=spies))


def test_after_a_loss_who_is_gone_is_forgotten_and_whom_nobody_knows_is_hung_up(play: Play) -> None:
    asked(play)
    play.tell(ServerDown(at=play.at, server=SERVER, reason="cut"))
    stray = spy_channel(AGENT, "other")
    assert only(DropSpy, resynced(play, stray)).spy == stray
    assert listeners(play) == []


def test_a_phone_that_rings_during_a_resync_of_a_live_link_is_not_forgotten(play: Play) -> None:
    asked(play)
    assert none(DropSpy, resynced(play))
    play.tell(SpyOn(at=play.at, spy=SPY, mode=SpyMode.LISTEN))
    assert none(DropSpy, resynced(play, SPY))
    assert listeners(play) == [("olga", "listen", True)]


def test_on_a_live_link_a_phone_that_was_on_and_is_gone_is_forgotten_and_a_stray_is_hung_up(play: Play) -> None:
    asked(play)
    play.tell(SpyOn(at=play.at, spy=SPY, mode=SpyMode.LISTEN))
    stray = spy_channel(AGENT, "other")
    assert only(DropSpy, resynced(play, stray)).spy == stray
    assert listeners(play) == []


def test_nobody_is_rung_while_the_server_is_away(play: Play) -> None:
    play.tell(ServerDown(at=play.at, server=SERVER, reason="cut"))
    assert none(CallSpy, asked(play))
    assert listeners(play) == []
