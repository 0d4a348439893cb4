"""What a strategy has learned is put back where it is still true."""

from dataclasses import replace

import pytest

from dialer.core.memory import OLDEST_S, Memory, memories_of, recall
from strategies import load
from strategies.base import Decision, Learned, Observation, Remembers, Snapshot
from tests.core.playbook import CAMPAIGN, SERVER, Play


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


def test_strategies_are_asked_for_what_they_know() -> None:
    play, counts = Play(), Counts()
    counts.told = 7
    play.floor.room.campaigns[CAMPAIGN].strategies[SERVER] = counts
    assert memories_of(play.floor.room, play.at - 60.0) == [told(play)]
    play.floor.room.campaigns[CAMPAIGN].strategies[SERVER] = load("progressive")
    assert memories_of(play.floor.room, play.at) == [], "it has nothing to remember"
    assert not isinstance(load("progressive"), Remembers)


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
