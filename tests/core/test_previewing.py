"""Preview: a lead is looked at before it is called, by one agent, who alone may have it; nothing else is dialled."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dialer.core.call import CALL
from dialer.core.effects import (
    BookAgentState,
    ConfirmLead,
    Connect,
    Effect,
    HangUp,
    Originate,
    PreviewOver,
    PreviewShown,
    ReserveLeads,
    Settle,
)
from dialer.core.events import (
    AgentLegDown,
    Beat,
    BooksOpened,
    BridgeFailed,
    Event,
    LeadConfirmed,
    LeadsReserved,
    LeadWithdrawn,
    LiveCall,
    LiveLeg,
    OpenAttempt,
    Ringing,
    ServerDown,
    ServerUp,
    TimerFired,
)
from dialer.core.floor import Floor
from dialer.core.ids import AgentId, AttemptId, CampaignId, Leg
from dialer.core.outcome import LeadEffect, LeadState, Outcome
from dialer.core.permit import Facts
from dialer.core.previewing import UNTOUCHED, SkipReason
from dialer.core.settings import AgentSession, Phone
from dialer.core.states import AgentState, CallState, CampaignState
from dialer.core.table import IllegalTransition
from dialer.core.timer import Timer, TimerKind
from dialer.core.wishes import (
    AgentHungUp,
    AgentPaused,
    AgentPhoneBack,
    AgentSignedOut,
    CampaignChanged,
    CampaignCommand,
    CampaignCommanded,
    DialAsked,
    Disposed,
    Draining,
    SkipAsked,
)
from tests.core.playbook import CAMPAIGN, GROUP, SERVER, TRUNK, Play, campaign, none, only, previewing, site

GOOD = Facts(has_consent=True)


def dial(play: Play, agent: AgentId, attempt: AttemptId, facts: Facts | None = GOOD) -> list[Effect]:
    """The key is pressed and the books have answered: what the Floor says to both."""
    asked = play.tell(DialAsked(at=play.at, agent=agent, attempt=attempt))
    assert only(ConfirmLead, asked).attempt == attempt
    assert none(Originate, asked)
    return play.tell(LeadConfirmed(at=play.at, attempt=attempt, facts=facts))


def ringing() -> tuple[Play, AgentId, AttemptId]:
    play, agent, attempt = previewing()
    dial(play, agent, attempt)
    play.tell(Ringing(at=play.at, attempt=attempt))
    return play, agent, attempt


def state_of(play: Play, agent: AgentId) -> AgentState:
    return play.floor.room.agents[agent].state


# ---- the lead on the screen


def test_a_free_agent_is_shown_one_lead_that_was_claimed_for_him_and_nothing_is_dialled() -> None:
    play = Play(mode="preview", preview_s=90.0)
    agent = play.sign_in()
    asked = only(ReserveLeads, play.start())
    assert (asked.count, asked.previewer, asked.agents) == (1, agent, (agent,))
    attempt = play.preview()
    shown = only(PreviewShown, play.said)
    assert (shown.agent, shown.attempt, shown.until) == (agent, attempt, play.at + 90.0)
    assert none(Originate, play.said)
    assert state_of(play, agent) is AgentState.PREVIEWING
    assert play.floor.room.trunks[TRUNK].lines_used == 0, "a lead that is looked at uses no line"
    assert not play.after(5.0).asked(), "one lead at a time"


def test_every_free_agent_is_shown_a_lead_of_his_own() -> None:
    play = Play(mode="preview")
    agents = [play.sign_in(number) for number in (1001, 1002, 1003)]
    play.start()
    play.preview()
    shown = [effect for effect in play.said if isinstance(effect, PreviewShown)]
    assert sorted(effect.agent for effect in shown) == agents
    assert len({effect.lead for effect in shown}) == 3


def test_where_no_lead_is_due_the_agent_stays_free() -> None:
    play = Play(mode="preview")
    agent = play.sign_in()
    play.start()
    play.give_leads(most=0)
    assert state_of(play, agent) is AgentState.READY
    assert not play.floor.room.agents[agent].sought
    assert play.floor.room.campaigns[CAMPAIGN].asking == 0


def test_a_lead_that_comes_when_the_agent_has_gone_is_given_back() -> None:
    play = Play(mode="preview")
    agent = play.sign_in()
    play.start()
    play.tell(AgentPaused(at=play.at, agent=agent, reason="lunch"))
    (ask,) = play.asked()
    lead = replace(play._reservation(ask, "Europe/Moscow"))
    said = play.tell(
        LeadsReserved(
            at=play.at,
            campaign=CAMPAIGN,
            server=SERVER,
            trunk=TRUNK,
            asked=1,
            previewer=agent,
            reservations=(lead,),
        )
    )
    settle = only(Settle, said)
    assert (settle.outcome, settle.step.state, settle.step.uses_attempt) == (Outcome.NOT_SENT, LeadState.WAITING, False)
    assert none(PreviewShown, said)


# ---- the call


def test_the_call_is_dialled_once_the_books_have_confirmed_it_and_is_joined_to_him() -> None:
    play, agent, attempt = previewing()
    other = play.sign_in(1002)
    play.preview()
    assert only(Originate, dial(play, agent, attempt)).attempt == attempt
    assert state_of(play, agent) is AgentState.RESERVED
    assert none(Originate, play.tell(DialAsked(at=play.at, agent=agent, attempt=attempt))), "pressed twice"
    assert only(Connect, play.after(4.0).answer(attempt)).agent == agent
    play.bridge(attempt, agent)
    play.hang_up(attempt)
    assert state_of(play, agent) is AgentState.WRAP_UP
    assert state_of(play, other) is AgentState.PREVIEWING


@pytest.mark.parametrize("cause", [17, 19, 34])
def test_an_unanswered_call_is_settled_and_the_next_lead_is_offered(cause: int) -> None:
    play, agent, attempt = ringing()
    said = play.after(10.0).hang_up(attempt, cause)
    assert only(Settle, said).attempt == attempt
    assert only(ReserveLeads, said).previewer == agent
    play.said.clear()


def test_nobody_else_gets_the_call_when_the_join_fails() -> None:
    play, agent, attempt = ringing()
    play.sign_in(1002)
    play.give_leads(most=0)
    play.answer(attempt)
    said = play.tell(BridgeFailed(at=play.at, attempt=attempt, agent=agent, result="NONEXISTENT"))
    assert none(Connect, said)
    assert play.floor.room.calls[attempt].state is CallState.ANSWERED


def test_the_agent_may_end_the_call_while_it_rings() -> None:
    play, agent, attempt = ringing()
    assert only(HangUp, play.tell(AgentHungUp(at=play.at, agent=agent))).attempt == attempt
    settle = only(Settle, play.hang_up(attempt))
    assert settle.outcome is Outcome.CANCELLED
    assert settle.step.uses_attempt, "somebody's phone rang"


def test_a_phone_that_is_lost_while_it_rings_ends_the_call() -> None:
    play, agent, attempt = ringing()
    leg = play.floor.room.agents[agent].leg
    assert only(HangUp, play.tell(AgentLegDown(at=play.at, agent=agent, leg=leg, cause=44))).attempt == attempt


REFUSALS = {
    "do_not_call": Facts(forbidden=True),
    "no_consent": Facts(has_consent=False),
    "list_paused": Facts(has_consent=True, held=True),
    "cancelled": Facts(has_consent=True, withdrawn="cancelled"),
    "expired": Facts(has_consent=True, expires_at=1.0),
    "number_rests": Facts(has_consent=True, rests_until=2e9),
    "books_away": None,
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_the_gate_is_asked_again_when_the_key_is_pressed(reason: str) -> None:
    play = Play(mode="preview", law="ru_ads", loopback_only=True)
    agent = play.sign_in()
    play.start()
    said = dial(play, agent, play.preview(has_consent=True), REFUSALS[reason])
    assert none(Originate, said)
    assert only(Settle, said).outcome is Outcome.NOT_SENT
    assert only(PreviewOver, said).reason == reason
    assert only(ReserveLeads, said).previewer == agent, "the next lead is his"


def test_hours_that_have_closed_meanwhile_refuse_the_call() -> None:
    play, agent, attempt = previewing()
    closed = replace(campaign(mode="preview").calendar, weekdays=((),) * 7)
    play.tell(CampaignChanged(at=play.at, settings=campaign(mode="preview", calendar=closed)))
    said = dial(play, agent, attempt)
    assert none(Originate, said)
    assert only(PreviewOver, said).reason == "never_open"


def test_a_call_waits_for_the_rates_and_for_nothing_else() -> None:
    play, agent, attempt = previewing(calls_per_second=1.0)
    other = play.sign_in(1002)
    second = play.preview()
    dial(play, agent, attempt)
    assert none(Originate, dial(play, other, second))
    fired = TimerFired(at=play.after(1.1).at, timer=Timer(TimerKind.PREVIEW, second))
    assert only(Originate, play.tell(fired)).attempt == second


# ---- back into the list


@pytest.mark.parametrize("reason", SkipReason)
def test_a_skipped_lead_uses_up_no_attempt_and_comes_back_after_the_campaign_s_delay(reason: SkipReason) -> None:
    play, agent, attempt = previewing(preview_skip_s=600.0)
    said = play.tell(SkipAsked(at=play.at, agent=agent, attempt=attempt, reason=reason))
    settle = only(Settle, said)
    assert (settle.reason, settle.agent) == (f"skipped_{reason}", agent)
    assert (settle.step.uses_attempt, settle.step.next_call_at) == (False, play.at + 600.0)
    assert only(ReserveLeads, said).previewer == agent


def test_a_lead_that_nobody_touches_is_given_back_and_the_agent_paused() -> None:
    play, _, attempt = previewing()
    fired = TimerFired(at=play.after(120.0).at, timer=Timer(TimerKind.PREVIEW, attempt))
    said = play.tell(fired)
    assert only(Settle, said).reason == UNTOUCHED
    booked = only(BookAgentState, said)
    assert (booked.state, booked.reason) == (AgentState.PAUSED, UNTOUCHED)
    assert none(ReserveLeads, said)


@pytest.mark.parametrize("kind", [AgentPaused, AgentSignedOut])
def test_a_pause_and_a_sign_out_hold_at_once_and_give_the_lead_back(kind: type) -> None:
    play, agent, attempt = previewing()
    more = {"reason": "lunch"} if kind is AgentPaused else {}
    said = play.tell(kind(at=play.at, agent=agent, **more))
    assert only(Settle, said).attempt == attempt
    assert only(PreviewOver, said).agent == agent
    wanted = AgentState.PAUSED if kind is AgentPaused else AgentState.OFFLINE
    assert [one.state for one in said if isinstance(one, BookAgentState)] == [wanted]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (lambda play: Draining(at=play.at), "draining"),
        (lambda play: ServerDown(at=play.at, server=SERVER, reason="cut"), "server_away"),
        (
            lambda play: CampaignCommanded(at=play.at, campaign=CAMPAIGN, command=CampaignCommand.PAUSE),
            "campaign_not_running",
        ),
    ],
    ids=["draining", "server_away", "campaign_paused"],
)
def test_what_ends_the_dialling_takes_the_leads_from_the_screens(event: Callable[[Play], Event], reason: str) -> None:
    play, agent, attempt = previewing()
    said = play.tell(event(play))
    assert only(PreviewOver, said).reason == only(Settle, said).reason == reason
    assert none(ReserveLeads, said)
    play.settled(attempt)
    assert play.floor.idle
    assert state_of(play, agent) is AgentState.READY


def test_a_cancelled_order_goes_from_the_screen_and_is_not_called_where_the_key_was_pressed() -> None:
    play, agent, attempt = previewing()
    lead = play.floor.room.calls[attempt].reservation.lead
    assert only(PreviewOver, play.tell(LeadWithdrawn(at=play.at, lead=lead))).reason == "withdrawn"
    play, agent, attempt = previewing()
    lead = play.floor.room.calls[attempt].reservation.lead
    play.tell(DialAsked(at=play.at, agent=agent, attempt=attempt))
    play.tell(LeadWithdrawn(at=play.at, lead=lead))
    said = play.tell(LeadConfirmed(at=play.at, attempt=attempt, facts=GOOD))
    assert none(Originate, said)
    assert only(PreviewOver, said).reason == "withdrawn"


def test_a_lost_phone_gives_the_lead_back_and_one_that_starts_anew_keeps_it() -> None:
    play, agent, attempt = previewing()
    play.tell(AgentPhoneBack(at=play.at, agent=agent))
    assert state_of(play, agent) is AgentState.PREVIEWING
    said = dial(play, agent, attempt)
    assert only(PreviewOver, said).reason == "no_phone", "nobody would hear the customer"
    play, agent, attempt = previewing()
    leg = play.floor.room.agents[agent].leg
    said = play.tell(AgentLegDown(at=play.at, agent=agent, leg=leg, cause=44))
    assert only(PreviewOver, said).reason == "no_phone"
    assert state_of(play, agent) is AgentState.LOST


@pytest.mark.parametrize("late", [DialAsked, SkipAsked])
def test_a_wish_about_another_lead_or_of_another_agent_changes_nothing(late: type) -> None:
    play, agent, attempt = previewing()
    more = {"reason": SkipReason.OTHER} if late is SkipAsked else {}
    assert play.tell(late(at=play.at, agent=agent, attempt=AttemptId("t9999"), **more)) == []
    assert play.tell(late(at=play.at, agent=AgentId(1002), attempt=attempt, **more)) == []
    assert play.floor.room.calls[attempt].state is CallState.PREVIEWING


# ---- beside campaigns that dial by themselves


def beside(mode: str) -> Play:
    """Two campaigns on the same agents: preview, and one that dials by itself."""
    play = Play(mode="preview")
    other = campaign(id=CampaignId(2), name="other", mode=mode)
    play.tell(CampaignChanged(at=play.at, settings=other))
    play.tell(CampaignCommanded(at=play.at, campaign=other.id, command=CampaignCommand.START))
    return play


def test_an_agent_whom_a_call_in_flight_may_want_is_shown_no_lead() -> None:
    play = beside("progressive")
    agent = play.sign_in()
    (ask,) = play.asked()
    assert ask.campaign == CampaignId(2)
    said = play.start()
    assert none(ReserveLeads, said)
    play.said.append(ask)
    (attempt,) = play.give_leads()
    assert none(ReserveLeads, play.after(1.0).ready(agent))
    play.hang_up(attempt, cause=17)
    assert {one.campaign for one in play.asked()} <= {CAMPAIGN, CampaignId(2)}


def taken_by_others() -> tuple[Play, AgentId, AgentId, AttemptId]:
    """The other campaign's calls take every agent: one talks, and a call rings for the second."""
    play = beside("power")
    first, second = play.sign_in(), play.sign_in(1002)
    (attempt, *_) = play.give_leads()
    play.start()
    play.answer(attempt)
    play.bridge(attempt, first)
    return play, first, second, attempt


def test_a_preview_that_is_behind_has_an_agent_kept_for_it_and_nobody_counts_on_him() -> None:
    play, first, second, attempt = taken_by_others()
    room = play.floor.room
    play.tell(Beat(at=play.after(1.0).at))
    assert (room.agents[first].kept_for, room.agents[second].kept_for) == (CAMPAIGN, None)
    assert [busy.leaving for busy in room.pictures[SERVER].busy(campaign())] == [True]
    assert room.agents[first].wanted is AgentState.READY, "he himself wants no pause"
    play.asked()
    said = play.tell(Disposed(at=play.at, agent=first, attempt=attempt, disposition="agreed", effect=LeadEffect.DONE))
    said += play.hang_up(attempt) + play.back(first)
    assert [(ask.campaign, ask.previewer) for ask in said if isinstance(ask, ReserveLeads)] == [(CAMPAIGN, first)]
    play.said = [ask for ask in said if isinstance(ask, ReserveLeads)]
    play.preview()
    assert state_of(play, first) is AgentState.PREVIEWING
    assert room.agents[first].kept_for is None


def test_an_agent_is_kept_for_no_campaign_that_has_stopped() -> None:
    play, first, _, _ = taken_by_others()
    play.tell(Beat(at=play.after(1.0).at))
    play.tell(CampaignCommanded(at=play.at, campaign=CAMPAIGN, command=CampaignCommand.PAUSE))
    play.tell(Beat(at=play.after(1.0).at))
    assert play.floor.room.agents[first].kept_for is None
    assert [busy.leaving for busy in play.floor.room.pictures[SERVER].busy(campaign())] == [False]


def test_an_agent_with_a_lead_on_his_screen_is_free_for_nobody_else() -> None:
    play = Play(mode="preview")
    agent = play.sign_in()
    play.start()
    other = campaign(id=CampaignId(2), name="other", mode="progressive")
    play.tell(CampaignChanged(at=play.at, settings=other))
    said = play.tell(CampaignCommanded(at=play.at, campaign=other.id, command=CampaignCommand.START))
    assert none(ReserveLeads, said), "a lead is being claimed for him"
    play.preview()
    assert state_of(play, agent) is AgentState.PREVIEWING
    assert not [ask for ask in play.asked() if ask.campaign == other.id]


# ---- after a restart


def reopened(state: str, live: bool) -> tuple[Play, list[Effect], list[Effect]]:
    """A new daemon finds this attempt of agent 1001; what it says to the books, then to its server's resync."""
    play = Play(mode="preview")
    play.floor = Floor(site())
    agent, leg, attempt = AgentId(1001), Leg("dlr-a1001-x"), AttemptId("t0001")
    ask = ReserveLeads(campaign=CAMPAIGN, server=SERVER, trunk=TRUNK, count=1, open_zones=())
    claim = replace(play._reservation(ask, "Europe/Moscow"), previewer=agent)
    booked = AgentState.PREVIEWING if state == "previewing" else AgentState.RESERVED
    session = AgentSession(agent, Phone(SERVER, "agent-1001"), frozenset({GROUP}), leg, booked, attempt=attempt)
    opened = play.tell(
        BooksOpened(
            at=play.at,
            attempts=[OpenAttempt(claim, SERVER, TRUNK, state, dialled_at=play.at - 3)],
            sessions=[session],
            campaigns=[campaign(mode="preview", state=CampaignState.RUNNING)],
        )
    )
    calls = (LiveCall(attempt, answered=False),) if live else ()
    up = ServerUp(at=play.at, server=SERVER, booted_at=1.0, calls=calls, legs=(LiveLeg(agent, leg, held=True),))
    return play, opened, play.tell(up)


def test_a_lead_that_was_only_looked_at_is_given_back_by_the_next_daemon() -> None:
    play, opened, up = reopened("previewing", live=False)
    assert only(Settle, opened).outcome is Outcome.NOT_SENT
    assert state_of(play, AgentId(1001)) is AgentState.READY
    assert only(ReserveLeads, up).previewer == AgentId(1001)
    assert none(Originate, opened + up)


@pytest.mark.parametrize("state", ["intended", "dialled", "ringing"])
def test_a_call_that_rang_is_his_after_the_restart_too(state: str) -> None:
    play, opened, up = reopened(state, live=True)
    assert none(Settle, opened + up)
    assert none(Originate, opened + up)
    assert state_of(play, AgentId(1001)) is AgentState.RESERVED
    assert only(Connect, play.answer(AttemptId("t0001"))).agent == AgentId(1001)


@pytest.mark.parametrize("state", ["intended", "dialled", "ringing"])
def test_a_call_that_is_gone_after_the_restart_is_never_dialled_again(state: str) -> None:
    play, opened, up = reopened(state, live=False)
    assert only(Settle, opened + up).outcome is Outcome.UNKNOWN_NOT_REDIALLED
    assert none(Originate, opened + up)
    assert state_of(play, AgentId(1001)) is AgentState.READY


@pytest.mark.parametrize("state", [CallState.PREVIEWING, CallState.CONFIRMING])
def test_the_network_says_nothing_about_what_was_not_dialled(state: CallState) -> None:
    with pytest.raises(IllegalTransition):
        CALL.look(state, Ringing)
