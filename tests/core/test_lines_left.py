"""The lines that a campaign may take: of its own limit, and of its project's share of all trunks' lines."""

from dialer.core.ids import CampaignId, GroupId, ProjectId
from dialer.core.sharing import lines_left
from dialer.core.wishes import CampaignChanged, CampaignCommand, CampaignCommanded
from strategies.base import NO_LIMIT
from tests.core.playbook import CAMPAIGN, GROUP, Play, campaign, previewing

SECOND, FOREIGN = CampaignId(2), CampaignId(3)


def test_without_a_limit_trunks_alone_limit() -> None:
    play = Play()
    assert lines_left(play.floor.room, play.floor.room.campaigns[CAMPAIGN]) == NO_LIMIT


def test_a_wrap_up_takes_no_line() -> None:
    play = Play(max_lines=2)
    first, *_ = [play.sign_in(1001 + place) for place in range(4)]
    play.start()
    one, _ = play.give_leads()
    play.answer(one)
    play.bridge(one, first)
    assert play.after(30.0).give_leads() == [], "two lines are taken"
    play.hang_up(one)
    assert len(play.give_leads()) == 1, "he writes: the line is free"
    mine = play.floor.room.campaigns[CAMPAIGN]
    assert (mine.live_calls, mine.lines_used) == (3, 2)


def shared(play: Play, number: CampaignId, project: int, **more: object) -> None:
    """One more campaign, running."""
    settings = campaign(id=number, project=ProjectId(project), name=f"c{number}", **more)
    play.tell(CampaignChanged(at=play.at, settings=settings))
    play.tell(CampaignCommanded(at=play.at, campaign=number, command=CampaignCommand.START))


def test_a_project_takes_no_more_than_its_share_of_all_lines() -> None:
    """Fifty lines, a tenth of them for a project with two campaigns; twenty agents could take more."""
    play = Play(lines_share=0.1)
    for place in range(20):
        play.sign_in(1001 + place)
    play.start()
    shared(play, SECOND, 1, lines_share=0.1)
    shared(play, FOREIGN, 2, groups=frozenset({GROUP, GroupId(2)}))
    for _ in range(12):
        play.give_leads()
        play.after(1.0).start()
    used = {one.id: one.lines_used for one in play.floor.room.campaigns.values()}
    assert used[CAMPAIGN] + used[SECOND] == 5
    assert used[FOREIGN] == 15


def test_a_lead_that_is_looked_at_keeps_a_line_for_itself() -> None:
    """Two lines, a share of fifty: two agents look at leads, the third gets none to look at."""
    for limit in ({"max_lines": 2}, {"lines_share": 0.04}):
        play, *_ = previewing(**limit)
        assert lines_left(play.floor.room, play.floor.room.campaigns[CAMPAIGN]) == 1
        play.after(1.0).sign_in(1002)
        play.preview()
        play.after(1.0).sign_in(1003)
        assert play.asked() == []
        assert lines_left(play.floor.room, play.floor.room.campaigns[CAMPAIGN]) == 0
