"""A campaign's own calls per second: never more within any second, changed live."""

from dialer.core.effects import SetTimer
from dialer.core.events import Beat, TimerFired
from dialer.core.timer import TimerKind
from dialer.core.wishes import CampaignChanged
from tests.core.playbook import Play, campaign

TEAM = 8


def team(**changes: object) -> Play:
    play = Play(**changes)
    for number in range(TEAM):
        play.sign_in(1001 + number)
    play.start()
    return play


def dialled_in(play: Play, seconds: float, step_s: float = 0.1) -> int:
    """Calls dialled while so much time passes; what the Floor's timers ask for is done on the way."""
    count = len(play.give_leads())
    for _ in range(round(seconds / step_s)):
        timers = {one.timer for one in play.said if isinstance(one, SetTimer) and one.timer.kind is TimerKind.PACE}
        play.said.clear()
        play.after(step_s).tell(Beat(at=play.at))
        for timer in timers:
            play.tell(TimerFired(at=play.at, timer=timer))
        count += len(play.give_leads())
    return count


def test_without_a_limit_every_free_agent_gets_a_call() -> None:
    assert dialled_in(team(), 0.5) == TEAM


def test_its_own_limit_holds_whatever_the_trunk_could_take() -> None:
    play = team(calls_per_second=2.0)
    assert dialled_in(play, 0.9) == 2
    assert dialled_in(play, 1.0) == 2


def test_a_limit_may_be_less_than_one_call_a_second() -> None:
    play = team(calls_per_second=0.5)
    assert dialled_in(play, 1.8) == 1
    assert dialled_in(play, 1.0) == 1


def test_a_limit_is_set_and_lifted_live() -> None:
    play = team(calls_per_second=1.0)
    assert dialled_in(play, 0.5) == 1
    play.tell(CampaignChanged(at=play.at, settings=campaign()))
    assert dialled_in(play, 0.5) == TEAM - 1
