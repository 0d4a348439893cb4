"""A daemon or a link that comes back in the middle of a hold, a consultation, a conference: what is, is adopted."""

import pytest

from dialer.core.effects import CallAgent, HangUp, LineTold, Settle, Take
from dialer.core.events import BooksOpened, LiveCall, LiveLeg, OpenAttempt, Reservation, ServerDown, ServerUp
from dialer.core.floor import Floor
from dialer.core.ids import AgentId, AttemptId, LeadId, Leg
from dialer.core.line_acts import line_of
from dialer.core.settings import AgentSession, Phone
from dialer.core.states import AgentState, CallState, CampaignState, LineState
from dialer.core.wishes import TakeAsked
from tests.core.playbook import CAMPAIGN, GROUP, SERVER, T0, TRUNK, campaign, none, only, site

AGENT, COLLEAGUE, ATTEMPT = AgentId(1001), AgentId(1002), AttemptId("t1")
LEGS = {agent: Leg(f"dlr-a{agent}-x") for agent in (AGENT, COLLEAGUE)}


def opened(colleague: AgentState = AgentState.TALKING) -> Floor:
    """The books as a daemon left them that was killed in a talk; the colleague was in it, or ready."""
    floor = Floor(site())
    reservation = Reservation(ATTEMPT, LeadId("l1"), CAMPAIGN, "9160000001", "Europe/Moscow", attempt_no=1)
    talk = OpenAttempt(reservation, SERVER, TRUNK, "talking", T0 - 60, T0 - 50, T0 - 50, agent=AGENT)
    agent, guest = _session(AGENT, AgentState.TALKING), _session(COLLEAGUE, colleague)
    paused = campaign(state=CampaignState.PAUSED)
    floor.step(BooksOpened(at=T0, attempts=[talk], sessions=[agent, guest], campaigns=[paused], past={}))
    return floor


def _session(agent: AgentId, state: AgentState) -> AgentSession:
    attempt = ATTEMPT if state is AgentState.TALKING else None
    return AgentSession(agent, Phone(SERVER, str(agent)), frozenset({GROUP}), LEGS[agent], state, T0, "", attempt)


def live(call: LiveCall | None, **legs: LiveLeg) -> ServerUp:
    return ServerUp(
        at=T0 + 1,
        server=SERVER,
        booted_at=T0 - 100,
        calls=(call,) if call else (),
        legs=tuple(legs.values()),
    )


def leg(agent: AgentId, held: bool = False, **more) -> LiveLeg:
    return LiveLeg(agent, LEGS[agent], held, **more)


HELD = LiveCall(ATTEMPT, True, held_by=AGENT)
TALKING = LiveCall(ATTEMPT, True, AGENT)

CASES = {
    "talk": (TALKING, {"a": leg(AGENT), "b": leg(COLLEAGUE, held=True)}, LineState.TALK, None),
    "hold": (HELD, {"a": leg(AGENT, held=True), "b": leg(COLLEAGUE, held=True)}, LineState.HELD, None),
    "consult": (HELD, {"a": leg(AGENT, consults=COLLEAGUE), "b": leg(COLLEAGUE)}, LineState.CONSULT, COLLEAGUE),
    "conference": (TALKING, {"a": leg(AGENT), "b": leg(COLLEAGUE, confers=AGENT)}, LineState.CONFERENCE, COLLEAGUE),
}


@pytest.mark.parametrize("booked", [AgentState.TALKING, AgentState.READY])
@pytest.mark.parametrize("case", CASES)
def test_after_a_restart_what_lives_is_what_is(case: str, booked: AgentState) -> None:
    call, legs, state, colleague = CASES[case]
    floor = opened(booked)
    effects = floor.step(live(call, **legs))
    held = floor.room.calls[ATTEMPT]
    assert (held.state, held.line.state, held.line.colleague) == (CallState.TALKING, state, colleague)
    assert held.agent == AGENT
    assert none(HangUp, effects)
    assert none(Settle, effects)
    assert floor.room.agents[AGENT].state is AgentState.TALKING
    guest = floor.room.agents[COLLEAGUE]
    assert (guest.state, guest.attempt) == (
        (AgentState.TALKING, ATTEMPT) if colleague is not None else (AgentState.READY, None)
    )


def test_a_customer_on_hold_is_taken_back_after_a_restart() -> None:
    floor = opened()
    floor.step(live(HELD, a=leg(AGENT, held=True), b=leg(COLLEAGUE, held=True)))
    assert only(Take, floor.step(TakeAsked(at=T0 + 2, agent=AGENT))).agent == AGENT


def test_the_transfer_of_the_last_moment_is_adopted() -> None:
    floor = opened()
    effects = floor.step(live(LiveCall(ATTEMPT, True, COLLEAGUE), a=leg(AGENT, held=True), b=leg(COLLEAGUE)))
    assert floor.room.calls[ATTEMPT].agent == COLLEAGUE
    assert floor.room.agents[COLLEAGUE].attempt == ATTEMPT
    assert floor.room.agents[AGENT].state is AgentState.READY
    assert none(HangUp, effects)


def test_a_hold_of_the_last_moment_was_not_booked_as_a_talk() -> None:
    floor = Floor(site())
    reservation = Reservation(ATTEMPT, LeadId("l1"), CAMPAIGN, "9160000001", "Europe/Moscow", attempt_no=1)
    answered = OpenAttempt(reservation, SERVER, TRUNK, "answered", T0 - 60, T0 - 50)
    session = AgentSession(AGENT, Phone(SERVER, "1001"), frozenset({GROUP}), LEGS[AGENT], AgentState.RESERVED, T0)
    paused = campaign(state=CampaignState.PAUSED)
    floor.step(BooksOpened(at=T0, attempts=[answered], sessions=[session], campaigns=[paused], past={}))
    floor.step(live(HELD, a=leg(AGENT, held=True)))
    call = floor.room.calls[ATTEMPT]
    assert (call.state, call.line.state, call.agent) == (CallState.TALKING, LineState.HELD, AGENT)


def test_a_phone_that_died_meanwhile_is_rung_for_the_customer_who_is_on_hold() -> None:
    floor = opened(AgentState.READY)
    effects = floor.step(live(HELD, b=leg(COLLEAGUE, held=True)))
    assert only(CallAgent, effects).agent == AGENT
    assert floor.room.calls[ATTEMPT].line.state is LineState.ALONE


def test_a_mute_is_asterisk_s_over_a_restart_too() -> None:
    floor = opened(AgentState.READY)
    floor.step(live(TALKING, a=leg(AGENT, muted=True), b=leg(COLLEAGUE, held=True)))
    agent = floor.room.agents[AGENT]
    told = line_of(floor.room, agent)
    assert agent.muted
    assert told is not None
    assert told.muted


def test_a_lost_link_loses_no_hold() -> None:
    floor = opened()
    legs = {"a": leg(AGENT, held=True), "b": leg(COLLEAGUE, held=True)}
    floor.step(live(HELD, **legs))
    floor.step(ServerDown(at=T0 + 2, server=SERVER, reason="cut"))
    refused = floor.step(TakeAsked(at=T0 + 2, agent=AGENT))
    assert only(LineTold, refused).trouble == "server_away"
    floor.step(live(HELD, **legs))
    assert floor.room.calls[ATTEMPT].line.state is LineState.HELD
