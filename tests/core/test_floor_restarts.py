"""A broken link, a restarted Asterisk or daemon: adopt what lives, settle what is gone, dial nothing again."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dialer.core.effects import (
    Alarm,
    BookAgentState,
    CallAgent,
    Connect,
    DropAgent,
    Effect,
    HangUp,
    Originate,
    Resync,
    Settle,
)
from dialer.core.events import Beat, BooksOpened, LiveCall, LiveLeg, OpenAttempt, Reservation, ServerDown, ServerUp
from dialer.core.floor import Floor
from dialer.core.ids import AgentId, AttemptId, LeadId, Leg, ServerName
from dialer.core.outcome import LeadEffect, Outcome
from dialer.core.settings import AgentSession, Phone
from dialer.core.states import AgentState, CallState, CampaignState
from dialer.core.wishes import Disposed
from tests.core.playbook import CAMPAIGN, GROUP, SERVER, T0, TRUNK, Play, campaign, none, only, playing, site


def test_a_resync_adopts_what_lives_and_settles_what_is_gone() -> None:
    play = Play(mode="power", power_ratio=3.0)
    agent = play.sign_in()
    leg = play.floor.room.agents[agent].leg
    play.start()
    one, two, three = play.give_leads()
    play.answer(one)
    play.bridge(one, agent)
    play.tell(ServerDown(at=play.at, server=SERVER, reason="cut"))
    effects = play.after(2).tell(
        ServerUp(
            at=play.at,
            server=SERVER,
            booted_at=T0 - 100,
            calls=(LiveCall(one, True, agent), LiveCall(two, False), LiveCall(AttemptId("stray"), True)),
            legs=(LiveLeg(agent, leg, held=False),),
        )
    )
    assert only(Settle, effects).attempt == three
    assert only(Settle, effects).outcome is Outcome.UNKNOWN_NOT_REDIALLED
    assert only(HangUp, effects).attempt == "stray"
    assert play.floor.room.calls[one].state is CallState.TALKING
    assert play.floor.room.agents[agent].state is AgentState.TALKING
    assert none(Originate, effects)


def test_a_restarted_asterisk_ends_the_talks_and_the_phones_are_rung_again() -> None:
    play, agent, attempt = playing()
    play.answer(attempt)
    play.bridge(attempt, agent)
    play.tell(ServerDown(at=play.at, server=SERVER, reason="gone"))
    effects = play.after(5).tell(ServerUp(at=play.at, server=SERVER, booted_at=play.at - 1))
    assert play.floor.room.calls[attempt].state is CallState.WRAP_UP
    assert any(isinstance(e, Alarm) and e.name == "server_restarted" for e in effects)
    effects = play.tell(Disposed(at=play.at, agent=agent, attempt=attempt, disposition="x", effect=LeadEffect.DONE))
    assert only(CallAgent, effects).agent == agent


def open_attempt(name: str, state: str, agent: int | None = None) -> OpenAttempt:
    reservation = Reservation(AttemptId(name), LeadId("l" + name), CAMPAIGN, "9160000001", "Europe/Moscow", 1)
    answered = T0 - 20 if state in ("answered", "talking", "wrap_up") else None
    bridged = T0 - 19 if state in ("talking", "wrap_up") else None
    return OpenAttempt(
        reservation,
        SERVER,
        TRUNK,
        state,
        T0 - 30,
        answered,
        bridged,
        None,
        agent,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("back_s", [20.0, 120.0])
def test_a_clock_that_was_set_back_makes_no_call_of_the_future(back_s: float) -> None:
    play = Play.__new__(Play)
    play.floor, play.at, play.said, play.leads = Floor(site()), T0, [], 0
    agent = AgentId(1001)
    phone = Phone(SERVER, "agent-1001")
    sessions = [AgentSession(agent, phone, frozenset({GROUP}), Leg("dlr-a1001-x"), AgentState.READY)]
    booked = replace(open_attempt("rings", "dialled"), dialled_at=T0 + back_s)
    settings = campaign(state=CampaignState.RUNNING, mode="predictive")
    play.tell(BooksOpened(at=T0, attempts=[booked], sessions=sessions, campaigns=[settings]))
    calls, legs = (LiveCall(AttemptId("rings"), False),), (LiveLeg(agent, Leg("dlr-a1001-x"), held=True),)
    play.after(1).tell(ServerUp(at=play.at, server=SERVER, booted_at=T0 - 100, calls=calls, legs=legs))
    for _ in range(20):
        play.after(0.5).tell(Beat(at=play.at))
    assert play.floor.room.calls[AttemptId("rings")].age_s(play.at) >= 0.0
    assert "звонят 1" in play.floor.room.campaigns[CAMPAIGN].decisions[SERVER].reason


def test_a_restarted_daemon_takes_up_where_it_stopped() -> None:

    play = Play.__new__(Play)
    play.floor, play.at, play.said, play.leads = Floor(site()), T0, [], 0
    held, talking = AgentId(1001), AgentId(1002)
    sessions = [
        AgentSession(held, Phone(SERVER, "agent-1001"), frozenset({GROUP}), Leg("dlr-a1001-x"), AgentState.READY),
        AgentSession(
            talking,
            Phone(SERVER, "agent-1002"),
            frozenset({GROUP}),
            Leg("dlr-a1002-x"),
            AgentState.TALKING,
            attempt=AttemptId("talk"),
        ),
    ]
    attempts = [
        open_attempt("intended", "intended"),
        open_attempt("rings", "dialled"),
        open_attempt("talk", "talking", 1002),
    ]
    play.tell(
        BooksOpened(
            at=T0,
            attempts=attempts,
            sessions=sessions,
            campaigns=[campaign(state=CampaignState.RUNNING)],
        )
    )
    assert none(Originate, play.said)
    effects = play.after(1).tell(
        ServerUp(
            at=play.at,
            server=SERVER,
            booted_at=T0 - 100,
            calls=(LiveCall(AttemptId("rings"), False), LiveCall(AttemptId("talk"), True, talking)),
            legs=(LiveLeg(held, Leg("dlr-a1001-x"), held=True), LiveLeg(talking, Leg("dlr-a1002-x"), held=False)),
        )
    )
    settle = only(Settle, effects)
    assert (settle.attempt, settle.outcome) == ("intended", Outcome.UNKNOWN_NOT_REDIALLED)
    assert none(CallAgent, effects)
    assert play.floor.room.agents[held].state is AgentState.READY
    assert play.floor.room.agents[talking].state is AgentState.TALKING
    assert only(Connect, play.answer(AttemptId("rings"))).agent == held
    play.hang_up(AttemptId("talk"))
    assert play.floor.room.agents[talking].state is AgentState.WRAP_UP


def asked_again(play: Play, calls: tuple[LiveCall, ...] = (), legs: tuple[LiveLeg, ...] = ()) -> list:
    """A resync on a link that was not lost."""
    return play.tell(ServerUp(at=play.at, server=SERVER, booted_at=T0 - 100, calls=calls, legs=legs))


def test_a_resync_of_a_live_link_ends_strays_and_leaves_to_events_what_they_will_tell() -> None:
    play, agent, attempt = playing()
    effects = asked_again(play, calls=(LiveCall(attempt, answered=True), LiveCall(AttemptId("stray"), True)))
    assert only(HangUp, effects).attempt == "stray"
    assert none(Connect, effects), "the dialplan has not set the wait's end yet"
    assert only(Connect, play.answer(attempt)).agent == agent


def waiting_for_hold() -> tuple[Play, AgentId]:
    """An agent who is ready, whose leg has not come back to hold since his talk."""
    play, agent, attempt = playing()
    play.answer(attempt)
    play.bridge(attempt, agent)
    play.hang_up(attempt)
    play.tell(Disposed(at=play.at, agent=agent, attempt=attempt, disposition="x", effect=LeadEffect.DONE))
    assert only(Resync, play.after(11).tell(Beat(at=play.at))).server == SERVER
    return play, agent


def test_the_stuck_agent_whom_a_resync_finds_in_hold_is_free_once() -> None:
    """The event of that hold may follow the list."""
    play, agent = waiting_for_hold()
    asked_again(play, legs=(LiveLeg(agent, play.floor.room.agents[agent].leg, held=True),))
    [attempt] = play.give_leads()
    assert only(Connect, play.answer(attempt)).agent == agent
    assert none(Connect, play.back(agent))
    play.bridge(attempt, agent)
    assert (play.floor.room.agents[agent].state, play.floor.room.agents[agent].held) == (AgentState.TALKING, False)


def test_the_stuck_agent_whose_leg_a_resync_does_not_find_is_rung_again() -> None:
    play, agent = waiting_for_hold()
    assert only(CallAgent, asked_again(play)).agent == agent


def test_events_about_settled_attempts_are_late_or_strays() -> None:
    play, _agent, attempt = playing()
    play.hang_up(attempt, 17, 486)
    assert none(HangUp, play.hang_up(attempt, 17, 486))
    assert only(HangUp, play.answer(attempt)).attempt == attempt


GONE = ServerName("renamed")


def booked_elsewhere(state: AgentState, attempts: Sequence[OpenAttempt] = ()) -> tuple[Play, list[Effect]]:
    """A new daemon whose books tell of a server that its configuration does not name, and what it does."""
    play = Play.__new__(Play)
    play.floor, play.at, play.said, play.leads = Floor(site()), T0, [], 0
    leg, attempt = Leg("dlr-a1001-x"), attempts[0].reservation.attempt if attempts else None
    phone = Phone(GONE, "agent-1001")
    session = AgentSession(AgentId(1001), phone, frozenset({GROUP}), leg, state, T0 - 100, attempt=attempt)
    opened = BooksOpened(
        at=T0,
        attempts=[replace(one, server=GONE) for one in attempts],
        sessions=[session],
        campaigns=[campaign(state=CampaignState.RUNNING)],
        past={},
    )
    return play, play.tell(opened)


@pytest.mark.parametrize("state", [AgentState.READY, AgentState.PAUSED, AgentState.CALLING, AgentState.LOST])
def test_a_session_at_a_server_that_is_not_configured_any_more_is_ended(state: AgentState) -> None:
    play, effects = booked_elsewhere(state)
    assert [e.state for e in effects if isinstance(e, BookAgentState)][-1] is AgentState.OFFLINE
    assert play.floor.room.agents == {}
    effects = play.tell(
        ServerUp(at=play.at, server=SERVER, booted_at=T0, legs=(LiveLeg(AgentId(1001), Leg("dlr-a1001-x"), held=True),))
    )
    assert only(DropAgent, effects).server == SERVER, "the same server by another name: the leg is a stray"


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("intended", Outcome.UNKNOWN_NOT_REDIALLED),
        ("ringing", Outcome.UNKNOWN_NOT_REDIALLED),
        ("answered", Outcome.ABANDONED),
    ],
)
def test_an_attempt_at_a_server_that_is_not_configured_any_more_is_settled(state: str, outcome: Outcome) -> None:
    play, effects = booked_elsewhere(AgentState.PAUSED, [open_attempt("a", state)])
    assert only(Settle, effects).outcome is outcome
    assert play.floor.idle
    effects = play.tell(
        ServerUp(at=play.at, server=SERVER, booted_at=T0, calls=(LiveCall(AttemptId("a"), answered=True),))
    )
    assert only(HangUp, effects).server == SERVER


def test_a_talk_at_a_server_that_is_not_configured_any_more_leaves_its_form() -> None:
    """What the agent has written is not lost: he leaves when it is sent."""
    play, _ = booked_elsewhere(AgentState.TALKING, [open_attempt("a", "talking", 1001)])
    agent, attempt = AgentId(1001), AttemptId("a")
    assert play.floor.room.calls[attempt].state is CallState.WRAP_UP
    assert play.floor.room.agents[agent].state is AgentState.WRAP_UP
    effects = play.tell(
        ServerUp(
            at=play.at,
            server=SERVER,
            booted_at=T0,
            calls=(LiveCall(attempt, True, agent),),
            legs=(LiveLeg(agent, Leg("dlr-a1001-x"), held=False),),
        )
    )
    assert only(HangUp, effects).attempt == attempt
    assert only(DropAgent, effects).agent == agent
    said = Disposed(at=play.at, agent=agent, attempt=attempt, disposition="agreed", effect=LeadEffect.DONE)
    assert only(Settle, play.tell(said)).disposition == "agreed"
    assert play.floor.room.agents == {}
