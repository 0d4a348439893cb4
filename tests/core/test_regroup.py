"""An agent is put into other groups while he works: the next call is of their campaigns, the one he is in goes on."""

from dialer.core.ids import AgentId, CampaignId, GroupId
from dialer.core.states import AgentState
from dialer.core.wishes import AgentRegrouped, CampaignChanged, CampaignCommand, CampaignCommanded
from tests.core.playbook import CAMPAIGN, GROUP, Play, campaign

OTHERS, RETURNS = GroupId(2), CampaignId(2)


def two_campaigns() -> Play:
    play = Play()
    returns = campaign(id=RETURNS, name="returns", groups=frozenset({OTHERS}))
    play.tell(CampaignChanged(at=play.at, settings=returns))
    play.tell(CampaignCommanded(at=play.at, campaign=RETURNS, command=CampaignCommand.START))
    play.start()
    return play


def regroup(play: Play, agent: AgentId, *groups: GroupId) -> None:
    play.tell(AgentRegrouped(at=play.at, agent=agent, groups=frozenset(groups)))


def test_a_free_agents_next_call_is_of_his_new_groups() -> None:
    play = two_campaigns()
    agent = play.sign_in()
    assert {ask.campaign for ask in play.asked()} == {CAMPAIGN}
    regroup(play, agent, OTHERS)
    assert {ask.campaign for ask in play.asked()} == {RETURNS}


def test_a_talk_goes_on_and_strategies_see_him_busy_for_the_new_groups_only() -> None:
    play = two_campaigns()
    agent = play.sign_in()
    (attempt,) = play.give_leads()
    play.answer(attempt)
    play.bridge(attempt, agent)
    regroup(play, agent, OTHERS)
    room = play.floor.room
    assert room.agents[agent].state is AgentState.TALKING
    picture = room.pictures[room.agents[agent].session.phone.server]
    assert len(picture.busy(campaign(groups=frozenset({OTHERS})))) == 1
    assert len(picture.busy(campaign(groups=frozenset({GROUP})))) == 0
    assert list(picture.busy_keys()) == [agent]


def test_whoever_is_not_signed_in_is_nothing_to_the_floor() -> None:
    play = two_campaigns()
    agent = play.sign_in()
    play.tell(AgentRegrouped(at=play.at, agent=AgentId(9999), groups=frozenset({OTHERS})))
    assert set(play.floor.room.agents) == {agent}
