"""Whatever a third party's strategy does, the daemon goes on, and says what was wrong with it."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dialer.core.effects import Alarm
from dialer.core.events import Beat
from dialer.core.foreign import contained, sound
from dialer.core.memory import Memory, memories_of
from dialer.core.wishes import CampaignChanged
from strategies import PacingSettings
from strategies.base import NO_LIMIT, Decision, Limit, Remembers
from tests.core.playbook import CAMPAIGN, SERVER, Play, campaign
from tests.strategies import parties


def playing(made: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """A campaign under it, an agent ready, one look taken."""
    parties.install(tmp_path, monkeypatch, f"{parties.__name__}:{made.__name__}")
    play = Play(mode="theirs")
    play.sign_in()
    play.start()
    return play


def alarms(play: Play) -> list[Alarm]:
    return [effect for effect in play.said if isinstance(effect, Alarm)]


@pytest.mark.parametrize(
    ("made", "how"),
    [
        (parties.NotMade, "their licence has run out"),
        (parties.Nameless, "has no attribute 'name'"),
        (parties.Decides, "nobody answers"),
        (parties.Nothing, "decide answered None: a strategies.base.Decision is wanted"),
        (parties.Half, "calls_to_start = 1.5: a whole number is wanted"),
        (parties.NoNumber, "the input 'ratio' = nan: a finite number is wanted"),
        (parties.Wordless, "the reason None is no text that can be written"),
        (parties.Halved, "is no text that can be written"),
        (parties.Limited, "'all of them' is not a valid Limit"),
        (parties.Numbered, "the name 5 is no text"),
    ],
    ids=lambda given: given.__name__ if isinstance(given, type) else "",
)
def test_it_starts_nothing_and_a_person_is_told_once(
    made: type, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = playing(made, tmp_path, monkeypatch)
    for _ in range(3):
        play.after(60.0).tell(Beat(at=play.at))
    (alarm,) = alarms(play)
    assert alarm.name == "strategy_failed"
    assert how in alarm.text
    assert ".py:" in alarm.text, "whoever wrote it looks there"
    assert alarm.facts["campaign"] == "demo"
    assert play.asked() == []
    assert play.floor.room.campaigns[CAMPAIGN].decisions[SERVER].reason == "режим theirs отказал → набрать 0"
    play.tell(CampaignChanged(at=play.at, settings=campaign(mode="progressive")))
    assert len(play.asked()) == 1, "another mode, and it goes on"


def test_what_it_stumbles_over_later_ends_its_dialling_and_no_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = playing(parties.Observes, tmp_path, monkeypatch)
    (attempt,) = play.give_leads()
    play.answer(attempt)
    (alarm,) = alarms(play)
    assert "KeyError('answered')" in alarm.text
    play.after(60.0).tell(Beat(at=play.at))
    assert play.asked() == []
    assert attempt in play.floor.room.calls, "who has answered is served"


def test_one_that_is_sound_works_and_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play = playing(parties.Theirs, tmp_path, monkeypatch)
    (attempt,) = play.give_leads()
    play.answer(attempt)
    assert alarms(play) == []
    (memory,) = memories_of(play.floor.room, play.at)
    assert isinstance(memory, Memory)
    assert (memory.strategy, memory.learned["told"] > 0) == ("theirs", True)


def test_what_one_had_learned_before_it_failed_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = playing(parties.Theirs, tmp_path, monkeypatch)
    play.answer(play.give_leads()[0])
    campaign_of = play.floor.room.campaigns[CAMPAIGN]
    (before,) = memories_of(play.floor.room, play.at)
    assert before.learned
    held = campaign_of.strategies[SERVER]
    monkeypatch.setattr(parties.Theirs, "decide", lambda *_: 1 / 0)
    held.decide(None)  # type: ignore[arg-type]
    assert memories_of(play.floor.room, play.at) == [], "an empty one would be kept over it"


def test_figures_of_numpy_and_wild_wishes_become_plain_values_that_the_books_take() -> None:
    decision = sound(
        Decision(
            np.int64(3),  # type: ignore[arg-type]
            "three",
            wished=10**10,
            inputs=(("mean", np.float32(0.5)), ("share", Fraction(1, 4)), ("many", 2**70)),  # type: ignore[arg-type]
            limited_by="lines",  # type: ignore[arg-type]
            calls_to_cancel=-1,
        )
    )
    assert decision == Decision(
        3,
        "three",
        wished=NO_LIMIT,
        inputs=(("mean", 0.5), ("share", 0.25), ("many", 2.0**70)),
        limited_by=Limit.LINES,
        calls_to_cancel=0,
    )
    assert {type(value) for _, value in decision.inputs} == {float}
    assert type(decision.calls_to_start) is int


@pytest.mark.parametrize("learned", [{"a": {1, 2}}, {1: 2}, {"a": 2**70}, {"a": "\0"}, {"a": "\ud800"}, [1]], ids=repr)
def test_a_memory_that_the_books_cannot_keep_is_a_failure(learned: Any) -> None:
    said: list[str] = []
    theirs = parties.Theirs(PacingSettings())
    theirs.save = lambda: learned  # type: ignore[method-assign]
    held = contained(theirs, said.append)
    assert isinstance(held, Remembers)
    assert (held.save(), held.save()) == ({}, {})
    assert len(said) == 1
