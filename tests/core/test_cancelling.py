"""Surplus calls are hung up where the campaign allows it, never under fifteen seconds of ringing, the longest first."""

import pytest

from dialer.core.effects import HangUp, Settle
from dialer.core.events import Beat, Ringing
from dialer.core.ids import AttemptId
from dialer.core.outcome import Outcome
from strategies.base import Decision, Observation, Snapshot
from tests.core.playbook import CAMPAIGN, SERVER, Play, only


class Repenting:
    """Starts two calls for each free agent, then wishes so many of them away."""

    name = "repenting"

    def __init__(self, cancels: int) -> None:
        self.cancels = cancels

    def decide(self, snapshot: Snapshot) -> Decision:
        calls = max(0, 2 * snapshot.free_agents - len(snapshot.ringing_calls))
        return Decision(calls, reason="", calls_to_cancel=0 if calls else self.cancels)

    def observe(self, observation: Observation) -> None:
        pass


def ringing(play: Play, cancels: int) -> list[AttemptId]:
    """Four calls that ring since now, since a second, since two and three seconds."""
    play.floor.room.campaigns[CAMPAIGN].strategies[SERVER] = Repenting(cancels)
    for number in (1001, 1002):
        play.sign_in(number)
    play.start()
    attempts = play.give_leads()
    for attempt in attempts:
        play.after(1.0).tell(Ringing(at=play.at, attempt=attempt))
    return attempts


def hung_up(play: Play, after_s: float) -> list[AttemptId]:
    effects = play.after(after_s).tell(Beat(at=play.at))
    return [effect.attempt for effect in effects if isinstance(effect, HangUp)]


def test_nothing_is_hung_up_unless_the_campaign_allows_it() -> None:
    play = Play()
    ringing(play, cancels=4)
    assert hung_up(play, 20.0) == []


@pytest.mark.parametrize(("after_s", "cancelled"), [(11.9, 0), (12.1, 1), (14.1, 3), (20.0, 4)])
def test_only_who_has_rung_for_fifteen_seconds_is_hung_up(after_s: float, cancelled: int) -> None:
    play = Play(cancel_surplus=True)
    attempts = ringing(play, cancels=4)
    assert hung_up(play, after_s) == attempts[:cancelled]


def test_the_longest_goes_first_and_is_told_once() -> None:
    play = Play(cancel_surplus=True)
    attempts = ringing(play, cancels=1)
    assert hung_up(play, 20.0) == attempts[:1]
    assert hung_up(play, 1.0) == attempts[1:2]


def test_it_ends_cancelled_and_counts_as_no_attempt() -> None:
    play = Play(cancel_surplus=True)
    attempts = ringing(play, cancels=1)
    hung_up(play, 20.0)
    settled = only(Settle, play.hang_up(attempts[0], cause=127, tech_cause=487))
    assert (settled.outcome, settled.reason, settled.step.uses_attempt) == (Outcome.CANCELLED, "surplus", False)
