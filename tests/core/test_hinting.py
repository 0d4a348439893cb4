"""What the desk knows of a talk's end reaches the forecast: a word with the agent, as long as the call is his."""

import pytest

from dialer.core.hinting import hint_of
from dialer.core.ids import AgentId, AttemptId
from dialer.core.outcome import LeadEffect
from dialer.core.wishes import AgentHinted, Disposed
from strategies.base import BusyAgent, Decision, How, Observation, Snapshot
from tests.core.playbook import CAMPAIGN, SERVER, Play, playing


@pytest.mark.parametrize(
    ("edits", "hint"),
    [
        ([(".path", '[["greeting",0],["address",1]]')], "step address"),
        ([("address", "Lenina 1"), ("note", "")], "form"),
        ([(".path", '[["greeting",0]]'), (".choice", "agreed")], "result"),
        ([(".choice", "agreed"), (".path", '[["greeting",0]]')], "step greeting"),
        ([(".path", "[]")], ""),
        ([(".path", "nonsense")], ""),
        ([(".path", '{"a": 1}')], ""),
        ([(".path", "[[7, 0]]")], ""),
        ([(".path", f'[["{"x" * 200}",0]]')], ""),
        ([], ""),
    ],
)
def test_edits_say_how_far_a_talk_is(edits: list[tuple[str, str]], hint: str) -> None:
    assert hint_of(edits) == hint


class Listener:
    """A strategy that starts nothing and remembers what it was told."""

    name = "listener"

    def __init__(self) -> None:
        self.heard: list[Observation] = []

    def decide(self, snapshot: Snapshot) -> Decision:
        return Decision(0, "")

    def observe(self, observation: Observation) -> None:
        self.heard.append(observation)


def in_talk() -> tuple[Play, AgentId, AttemptId, Listener]:
    play, number, attempt = playing()
    agent = AgentId(number)
    listener = play.floor.room.campaigns[CAMPAIGN].strategies[SERVER] = Listener()
    play.after(10).answer(attempt)
    play.after(0.01).bridge(attempt, agent)
    return play, agent, attempt, listener


def shown(play: Play) -> list[BusyAgent]:
    room = play.floor.room
    return list(room.pictures[SERVER].busy(room.campaigns[CAMPAIGN].settings))


def test_a_hint_is_shown_and_what_became_of_it_is_learned() -> None:
    play, agent, attempt, listener = in_talk()
    play.after(30).tell(AgentHinted(at=play.at, agent=agent, attempt=attempt, hint="form"))
    assert [one.hint for one in shown(play)] == ["form"]
    play.after(10).hang_up(attempt)
    assert [(one.how, one.hint) for one in listener.heard if one.hint] == [(How.TALK_ENDED, "form")]
    assert [one.hint for one in shown(play)] == ["form"]  # he writes on in it


def test_a_hint_about_another_call_is_too_late() -> None:
    play, agent, _, _ = in_talk()
    play.tell(AgentHinted(at=play.at, agent=agent, attempt=AttemptId("an earlier one"), hint="form"))
    assert [one.hint for one in shown(play)] == [""]


def test_the_next_call_begins_without_the_hint_of_the_last() -> None:
    play, agent, attempt, _ = in_talk()
    play.tell(AgentHinted(at=play.at, agent=agent, attempt=attempt, hint="result"))
    play.after(10).hang_up(attempt)
    play.back(agent)
    said = Disposed(at=play.at, agent=agent, attempt=attempt, disposition="done", effect=LeadEffect.DONE)
    play.after(5).tell(said)
    assert play.floor.room.agents[agent].hint == ""


def test_a_hint_of_nobody_is_ignored() -> None:
    play, _, attempt, _ = in_talk()
    assert play.tell(AgentHinted(at=play.at, agent=AgentId(7777), attempt=attempt, hint="form")) == []
