"""Picking: an agent has a lead of his own choice called, and nothing is offered to him that he has not picked."""

from dataclasses import replace

import pytest

from dialer.core.effects import (
    Effect,
    Originate,
    PickRefused,
    PreviewOver,
    PreviewShown,
    ReserveLeads,
    Settle,
)
from dialer.core.events import AgentLegDown, BooksAway, LeadsReserved, ServerDown, TimerFired
from dialer.core.ids import AgentId, AttemptId, CampaignId, LeadId
from dialer.core.previewing import UNTOUCHED
from dialer.core.states import AgentState, CampaignState
from dialer.core.timer import Timer, TimerKind
from dialer.core.wishes import (
    AgentPaused,
    AgentReady,
    CampaignChanged,
    CampaignCommand,
    CampaignCommanded,
    Draining,
    LeadPicked,
    SkipAsked,
)
from tests.core.playbook import CAMPAIGN, SERVER, TRUNK, Play, campaign, none, only
from tests.core.test_previewing import dial, state_of

LEAD = LeadId("the-one")
OTHER = CampaignId(2)


def manual(*, ready: bool = True, **changes: object) -> tuple[Play, AgentId]:
    """One agent, and a campaign in manual mode running."""
    play = Play(mode="manual", **changes)
    agent = play.sign_in(ready=ready)
    play.start()
    play.asked()
    return play, agent


def pick(play: Play, agent: AgentId, lead: LeadId = LEAD, of: CampaignId = CAMPAIGN) -> list[Effect]:
    return play.tell(LeadPicked(at=play.at, agent=agent, campaign=of, lead=lead))


def shown(play: Play, agent: AgentId) -> AttemptId:
    """Pick the lead and have the books give it."""
    assert none(PickRefused, pick(play, agent))
    return play.preview()


def skip(play: Play, agent: AgentId, attempt: AttemptId) -> list[Effect]:
    return play.tell(SkipAsked(at=play.at, agent=agent, attempt=attempt, reason="other"))


def answer(play: Play, agent: AgentId, *claims: LeadId) -> list[Effect]:
    """The books' answer to the pick, with these leads."""
    (ask,) = (one for one in play.asked() if one.previewer == agent)
    reservations = tuple(replace(play._reservation(ask, "Europe/Moscow"), lead=lead) for lead in claims)
    return play.tell(
        LeadsReserved(
            at=play.at,
            campaign=CAMPAIGN,
            server=SERVER,
            trunk=TRUNK,
            asked=1,
            previewer=agent,
            lead=ask.lead,
            reservations=reservations,
        )
    )


# ---- the call


def test_a_manual_campaign_offers_nothing_and_dials_nothing_by_itself() -> None:
    play = Play(mode="manual")
    agent = play.sign_in()
    asked = only(ReserveLeads, play.start())
    assert (asked.count, asked.previewer) == (0, None), "only how much is left of the list"
    play.give_leads()
    for _ in range(10):
        play.after(60.0).ready(agent)
        assert all(ask.count == 0 for ask in play.asked())
    assert state_of(play, agent) is AgentState.READY
    assert "вручную" in play.floor.room.campaigns[CAMPAIGN].decisions[SERVER].reason


def test_the_lead_that_he_has_picked_is_claimed_shown_dialled_and_joined_to_him() -> None:
    play, agent = manual(preview_s=90.0)
    asked = only(ReserveLeads, pick(play, agent))
    assert (asked.lead, asked.count, asked.previewer, asked.agents) == (LEAD, 1, agent, (agent,))
    attempt = play.preview()
    card = only(PreviewShown, play.said)
    assert (card.agent, card.lead, card.until) == (agent, LEAD, play.at + 90.0)
    assert state_of(play, agent) is AgentState.PREVIEWING
    assert only(Originate, dial(play, agent, attempt)).attempt == attempt
    play.answer(attempt)
    play.bridge(attempt, agent)
    assert state_of(play, agent) is AgentState.TALKING


def test_he_may_pick_from_a_pause_and_comes_back_to_it() -> None:
    play, agent = manual(ready=False)
    play.tell(AgentPaused(at=play.at, agent=agent, reason="other_work"))
    attempt = shown(play, agent)
    assert state_of(play, agent) is AgentState.PREVIEWING
    skip(play, agent, attempt)
    assert (state_of(play, agent), play.floor.room.agents[agent].reason) == (AgentState.PAUSED, "other_work")
    attempt = shown(play, agent)
    dial(play, agent, attempt)
    play.answer(attempt)
    play.bridge(attempt, agent)
    play.hang_up(attempt)
    play.back(agent)
    play.after(20.0).tell(TimerFired(at=play.at, timer=Timer(TimerKind.WRAP_UP, attempt)))
    assert state_of(play, agent) is AgentState.PAUSED


def test_one_who_asks_for_calls_while_he_looks_is_ready_after_it() -> None:
    play, agent = manual(ready=False)
    attempt = shown(play, agent)
    play.tell(AgentReady(at=play.at, agent=agent))
    skip(play, agent, attempt)
    assert state_of(play, agent) is AgentState.READY


def test_a_lead_that_he_skips_may_be_picked_again_at_once() -> None:
    play, agent = manual(preview_skip_s=900.0)
    settle = only(Settle, skip(play, agent, shown(play, agent)))
    assert (settle.step.next_call_at, settle.step.uses_attempt) == (play.at, False)


def test_a_lead_that_nobody_touches_goes_back_and_he_is_paused() -> None:
    play, agent = manual(preview_s=90.0)
    attempt = shown(play, agent)
    said = play.after(90.0).tell(TimerFired(at=play.at, timer=Timer(TimerKind.PREVIEW, attempt)))
    assert only(PreviewOver, said).reason == UNTOUCHED
    assert state_of(play, agent) is AgentState.PAUSED


def test_in_a_preview_campaign_he_may_pick_too_once_he_is_paused() -> None:
    play = Play(mode="preview")
    agent = play.sign_in(ready=False)
    play.start()
    attempt = shown(play, agent)
    assert only(PreviewShown, play.said).lead == LEAD
    assert only(Originate, dial(play, agent, attempt)).attempt == attempt


# ---- why not


def refused(play: Play, agent: AgentId, of: CampaignId = CAMPAIGN) -> str:
    said = pick(play, agent, of=of)
    assert all(ask.count == 0 for ask in play.asked()), "the books are not asked"
    told = only(PickRefused, said)
    assert (told.agent, told.lead) == (agent, LEAD)
    return told.reason


def test_what_stands_in_the_way_is_told_and_nothing_is_claimed() -> None:
    play, agent = manual()
    assert refused(play, agent, of=CampaignId(77)) == "not_yours"
    other = campaign(id=OTHER, mode="progressive", state=CampaignState.RUNNING, max_lines=0)
    play.tell(CampaignChanged(at=play.at, settings=other))
    assert refused(play, agent, of=OTHER) == "not_yours"
    attempt = shown(play, agent)
    assert refused(play, agent) == "not_free"
    skip(play, agent, attempt)
    play.tell(BooksAway(at=play.at, reason="x"))
    assert refused(play, agent) == "books_away"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"max_lines": 0}, "no_line"),
        ({"calendar": replace(campaign().calendar, weekdays=((),) * 7)}, "outside_hours"),
        ({"groups": frozenset({7})}, "not_yours"),
    ],
)
def test_a_campaign_that_may_not_call_says_so(changes: dict[str, object], reason: str) -> None:
    play, agent = manual(**changes)
    assert refused(play, agent) == reason


def test_while_the_plant_is_away_nothing_is_claimed() -> None:
    play, agent = manual()
    leg = play.floor.room.agents[agent].leg
    play.tell(Draining(at=play.at))
    assert refused(play, agent) == "draining"
    play, agent = manual()
    play.tell(ServerDown(at=play.at, server=SERVER, reason="cut"))
    assert refused(play, agent) == "server_away"
    play, agent = manual()
    play.tell(AgentLegDown(at=play.at, agent=agent, leg=leg, cause=16))
    assert refused(play, agent) == "not_free"


def test_one_pick_at_a_time() -> None:
    play, agent = manual()
    pick(play, agent)
    assert only(PickRefused, pick(play, agent, LeadId("another"))).reason == "not_free"
    assert [ask.lead for ask in play.asked()] == [LEAD]


def test_a_lead_that_somebody_else_was_faster_at_is_told_and_the_list_is_not_dry_for_it() -> None:
    play, agent = manual()
    unfinished = play.floor.room.campaigns[CAMPAIGN].unfinished
    pick(play, agent)
    assert only(PickRefused, answer(play, agent)).reason == "not_claimed"
    assert (state_of(play, agent), play.floor.room.agents[agent].sought) == (AgentState.READY, False)
    assert play.floor.room.campaigns[CAMPAIGN].unfinished == unfinished
    assert play.floor.room.campaigns[CAMPAIGN].asking == 0
    shown(play, agent)


def test_a_lead_that_comes_when_he_has_gone_goes_back() -> None:
    play, agent = manual()
    pick(play, agent)
    leg = play.floor.room.agents[agent].leg
    play.tell(AgentLegDown(at=play.at, agent=agent, leg=leg, cause=16))
    said = answer(play, agent, LEAD)
    assert only(Settle, said).reason == "preview_left"
    assert none(PreviewShown, said)


def test_a_lead_that_may_not_be_called_any_more_when_it_comes_goes_back_and_he_is_told_why() -> None:
    play, agent = manual()
    pick(play, agent)
    play.tell(CampaignCommanded(at=play.at, campaign=CAMPAIGN, command=CampaignCommand.PAUSE))
    said = answer(play, agent, LEAD)
    assert only(Settle, said).reason == only(PickRefused, said).reason == "campaign_not_running"
    assert refused(play, agent) == "campaign_not_running"
    assert (state_of(play, agent), play.floor.room.agents[agent].sought) == (AgentState.READY, False)


def test_a_pause_between_the_pick_and_the_lead_is_no_leaving() -> None:
    play, agent = manual()
    pick(play, agent)
    play.tell(AgentPaused(at=play.at, agent=agent, reason="tea"))
    only(PreviewShown, answer(play, agent, LEAD))
    assert state_of(play, agent) is AgentState.PREVIEWING


def test_one_whom_a_ringing_call_may_want_is_not_taken_from_it_but_by_a_pause() -> None:
    play = Play(mode="manual")
    other = campaign(id=OTHER, name="other", mode="progressive")
    play.tell(CampaignChanged(at=play.at, settings=other))
    agent = play.sign_in()
    play.start()
    play.tell(CampaignCommanded(at=play.at, campaign=OTHER, command=CampaignCommand.START))
    (rings,) = play.give_leads(most=1)
    assert play.floor.room.calls[rings].campaign == OTHER
    assert refused(play, agent) == "calls_coming"
    play.tell(AgentPaused(at=play.at, agent=agent, reason="other_work"))
    shown(play, agent)
    assert state_of(play, agent) is AgentState.PREVIEWING


# ---- the campaign


def test_a_manual_campaign_ends_with_its_last_lead() -> None:
    play, agent = manual()
    attempt = shown(play, agent)
    dial(play, agent, attempt)
    play.hang_up(attempt, cause=17)
    play.settled(attempt)
    play.give_leads(unfinished=0)
    assert play.floor.room.campaigns[CAMPAIGN].state is CampaignState.DONE


def test_an_empty_manual_campaign_is_over_at_its_start_and_a_full_one_is_asked_twice_a_minute() -> None:
    play = Play(mode="manual")
    play.sign_in()
    play.start()
    play.give_leads(unfinished=0)
    assert play.floor.room.campaigns[CAMPAIGN].state is CampaignState.DONE
    play, agent = manual()
    play.give_leads()
    asked = 0
    for _ in range(600):
        play.after(1.0).ready(agent)
        asked += len(play.asked())
        play.floor.room.dirty = True
    assert 15 <= asked <= 21


def test_the_line_of_a_lead_that_is_looked_at_is_kept() -> None:
    play, first = manual(max_lines=1)
    second = play.sign_in(1002)
    attempt = shown(play, first)
    assert refused(play, second) == "no_line"
    assert only(Originate, dial(play, first, attempt)).attempt == attempt
