"""What a strategy has learned is put back where it is still true."""

from dataclasses import replace

import pytest

from dialer.core.effects import Alarm
from dialer.core.events import Beat
from dialer.core.memory import OLDEST_S, Memory, memories_of, recall
from dialer.core.wishes import CampaignChanged
from strategies import load
from strategies.base import Decision, How, Learned, Observation, Remembers, Snapshot
from strategies.predictive import Predictive
from tests.core.playbook import CAMPAIGN, SERVER, Play, campaign


class Counts:
    """Knows how many things it was told."""

    name = "counts"

    def __init__(self) -> None:
        self.told = 0

    def decide(self, snapshot: Snapshot) -> Decision:
        return Decision(0, "…", self.name)

    def observe(self, observation: Observation) -> None:
        self.told += 1

    def save(self) -> Learned:
        return {"told": self.told}

    def load(self, learned: Learned) -> None:
        self.told = int(learned["told"])


def told(play: Play, count: object = 7) -> Memory:
    return Memory(CAMPAIGN, SERVER, "counts", play.at - 60.0, {"told": count})


class Fragile(Counts):
    """A third party's, which did not think of a spoilt memory."""

    def load(self, learned: Learned) -> None:
        self.told = learned["told"].items() if learned["told"] else 1 // learned["told"]


@pytest.mark.parametrize("spoilt", [3, 0])
def test_whatever_a_strategy_stumbles_over_it_begins_anew(spoilt: int) -> None:
    play, fragile = Play(), Fragile()
    recall(play.floor.room, fragile, told(play, spoilt))
    (alarm,) = [effect for effect in play.floor.room.out if getattr(effect, "name", "") == "memory_refused"]
    assert "what counts had learned cannot be read (" in str(alarm)
    assert "Error(" in str(alarm)


def test_strategies_are_asked_for_what_they_know() -> None:
    play, counts = Play(), Counts()
    counts.told = 7
    play.floor.room.campaigns[CAMPAIGN].strategies[SERVER] = counts
    assert memories_of(play.floor.room, play.at - 60.0) == [told(play)]
    play.floor.room.campaigns[CAMPAIGN].strategies[SERVER] = load("progressive")
    assert memories_of(play.floor.room, play.at) == [], "it has nothing to remember"
    assert not isinstance(load("progressive"), Remembers)


def test_a_changed_ceiling_forgets_nothing_another_mode_everything() -> None:
    play = Play(mode="predictive")
    play.sign_in()
    play.start()
    room = play.floor.room
    strategy = room.campaigns[CAMPAIGN].strategies[SERVER]
    for second in range(200):
        strategy.observe(Observation(play.at + second, How.TALK_ENDED, 300.0))
    assert isinstance(strategy, Predictive)
    known = strategy.save()
    play.tell(CampaignChanged(at=play.at, settings=campaign(mode="predictive", ceiling_ratio=0.029)))
    play.after(1).tell(Beat(at=play.at))
    other = room.campaigns[CAMPAIGN].strategies[SERVER]
    assert isinstance(other, Predictive)
    assert other is not strategy
    talks = [learned["forecast"]["durations"]["talk"] for learned in (other.save(), known)]
    assert talks[0]["sums"] == talks[1]["sums"]
    play.tell(CampaignChanged(at=play.at, settings=campaign(mode="progressive")))
    play.after(1).tell(Beat(at=play.at))
    assert room.campaigns[CAMPAIGN].strategies[SERVER].name == "progressive"
    assert not [effect for effect in play.said if isinstance(effect, Alarm)]


@pytest.mark.parametrize(
    ("changed", "recalled"),
    [({}, 7), ({"strategy": "another"}, 0), ({"at": 0.0}, 0), ({"learned": {}}, 0), ({"learned": {"told": "x"}}, 0)],
)
def test_only_what_is_its_own_fresh_and_readable(changed: dict[str, object], recalled: int) -> None:
    play, counts = Play(), Counts()
    recall(play.floor.room, counts, replace(told(play), **changed))  # type: ignore[arg-type]
    assert counts.told == recalled
    assert OLDEST_S == 24 * 3600
    alarms = [getattr(effect, "name", "") for effect in play.floor.room.out]
    assert alarms == (["memory_refused"] if "learned" in changed else [])
