"""Skills: a campaign's calls go to those who can, beginners first where they suffice, and no campaign starves of it."""

import pytest

from dialer.core.events import AgentHeld
from dialer.core.ids import AgentId, GroupId, Leg
from dialer.core.settings import AgentSession, Phone, Skills
from dialer.core.sharing import PATIENCE_S
from dialer.core.skills import covers, may_serve, wasted
from dialer.core.states import AgentState
from dialer.core.view import view_of
from dialer.core.wishes import AgentSignedIn
from tests.core.playbook import SERVER, campaign
from tests.core.test_sharing import (
    BOLD,
    DAY,
    GREEDY,
    MEEK,
    NIGHT,
    RING_S,
    STEP_S,
    TALK_S,
    RealTalks,
    Team,
    predictive,
)

EXPERT: Skills = (("german", 2), ("gold", 5))


@pytest.mark.parametrize(
    ("skills", "skill", "level", "may"),
    [
        ((), None, 1, True),
        (EXPERT, None, 1, True),
        ((), "gold", 1, False),
        (EXPERT, "gold", 5, True),
        (EXPERT, "gold", 6, False),
        (EXPERT, "german", 2, True),
        (EXPERT, "silver", 1, False),
    ],
)
def test_who_may_take_a_campaigns_calls(skills: Skills, skill: str | None, level: int, may: bool) -> None:
    settings = campaign(skill=skill, skill_level=level)
    assert may_serve(settings.groups, skills, settings) is may
    assert not may_serve(frozenset({NIGHT}), skills, settings)


def test_what_is_wasted_on_a_campaign() -> None:
    assert wasted(EXPERT, campaign(skill="gold", skill_level=2)) == 3
    assert wasted(EXPERT, campaign()) == 5
    assert wasted((), campaign()) == 0


@pytest.mark.parametrize(
    ("all_of", "of", "does"),
    [
        ({}, {"skill": "gold"}, True),
        ({"skill": "gold"}, {}, False),
        ({"skill": "gold"}, {"skill": "gold", "skill_level": 3}, True),
        ({"skill": "gold", "skill_level": 3}, {"skill": "gold"}, False),
        ({"skill": "gold"}, {"skill": "german"}, False),
        ({"groups": frozenset({NIGHT})}, {}, False),
    ],
)
def test_whose_agents_are_all_anothers_too(all_of: dict[str, object], of: dict[str, object], does: bool) -> None:
    assert covers(campaign(**all_of), campaign(**of)) is does


class Skilled(Team):
    """A team in which some can do more."""

    def join_skilled(self, number: int, skills: Skills, group: GroupId = DAY) -> AgentId:
        agent, leg = AgentId(number), Leg(f"dlr-a{number}-x")
        phone = Phone(SERVER, f"p{number}")
        session = AgentSession(agent, phone, frozenset({group}), leg, AgentState.READY, skills=skills)
        self.tell(AgentSignedIn(at=self.at, session=session))
        self.tell(AgentHeld(at=self.at, agent=agent, leg=leg))
        return agent

    def takers(self, number: int) -> set[int]:
        """Agents who have had calls of this campaign since the last look."""
        return {call.agent for call in self.floor.room.calls.values() if call.campaign == number and call.agent}


@pytest.mark.parametrize(("skill", "taker"), [(None, 2001), ("gold", 2002)])
def test_the_simple_goes_to_beginners_and_the_complex_to_experts(skill: str | None, taker: int) -> None:
    """Though the expert has been idle longer."""
    team = Skilled(1, {})
    team.join_skilled(2002, EXPERT)
    team.after(5).join_skilled(2001, ())
    team.run(1, BOLD, skill=skill, skill_level=5)
    while not team.floor.room.calls:
        team.live(STEP_S)
    attempt = next(iter(team.floor.room.calls))
    team.after(3).answer(attempt)
    assert team.floor.room.calls[attempt].agent == taker


def test_a_campaign_that_needs_a_skill_is_not_starved_by_a_greedy_one_without() -> None:
    team = Skilled(2, {DAY: 6})
    experts = {team.join_skilled(number, EXPERT) for number in (2001, 2002)}
    team.run(1, GREEDY, weight=9.0)
    team.run(2, MEEK, skill="gold", skill_level=3)
    team.live(30.0)
    began, seen = team.at, set[int]()
    for _ in range(300):
        team.live(STEP_S)
        seen |= team.takers(2)
    assert team.longest_wait_s(2, began) < PATIENCE_S + RING_S + TALK_S + 10 * STEP_S
    assert seen
    assert seen <= experts


class SkilledTalks(RealTalks, Skilled):
    """Skilled agents in talks of real length."""


@pytest.mark.parametrize("experts", [1, 2])
def test_a_campaign_that_needs_a_skill_costs_the_others_nearly_nothing(experts: int) -> None:
    """Nor does it starve: of its few agents one is kept for it."""
    team = SkilledTalks(1, {DAY: 10 - experts})
    for number in range(experts):
        team.join_skilled(2001 + number, EXPERT)
    team.run(1, predictive())
    team.run(2, predictive(), skill="gold", skill_level=5)
    team.live(300.0)
    began = team.at
    assert team.occupancy(900.0) > 0.75, "without the second campaign: 0.81"
    assert team.longest_wait_s(1, began) < 90.0
    assert team.longest_wait_s(2, began) < 400.0, "two talks of its own"
    assert team.calls_since(2, began) >= 5


def test_the_one_who_has_the_skill_pauses_and_nobody_waits_for_him() -> None:
    team = SkilledTalks(2, {DAY: 8})
    expert = team.join_skilled(2001, EXPERT)
    team.run(1, predictive())
    team.run(2, predictive(), skill="gold", skill_level=5)
    team.live(300.0)
    team.pause(expert)
    began = team.at
    team.live(600.0)
    assert team.longest_wait_s(1, began) < 90.0


def test_a_skill_that_nobody_has_starts_nothing_and_holds_nobody() -> None:
    team = Skilled(3, {DAY: 4})
    team.run(1, MEEK)
    team.run(2, GREEDY, skill="gold", skill_level=1)
    began = team.at
    team.live(60.0)
    assert team.started[2] == []
    assert team.longest_wait_s(1, began) < RING_S + TALK_S


def test_the_wallboard_counts_those_who_may_take_a_campaigns_calls() -> None:
    team = Skilled(4, {DAY: 3})
    team.join_skilled(2001, EXPERT)
    team.run(1, MEEK)
    team.run(2, MEEK, skill="gold", skill_level=5)
    assert {one.name: one.agents for one in view_of(team.floor, team.at).campaigns} == {"c1": 4, "c2": 1}
