"""A broken link, a restarted Asterisk or daemon: adopt what lives, settle what is gone, dial nothing again."""

from dialer.core.effects import (
    Alarm,
    CallAgent,
    Connect,
    HangUp,
    Originate,
    Settle,
)
from dialer.core.events import BooksOpened, LiveCall, LiveLeg, OpenAttempt, Reservation, ServerDown, ServerUp
from dialer.core.floor import Floor
from dialer.core.ids import AgentId, AttemptId, LeadId, Leg
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


def test_events_about_settled_attempts_are_late_or_strays() -> None:
    play, _agent, attempt = playing()
    play.hang_up(attempt, 17, 486)
    assert none(HangUp, play.hang_up(attempt, 17, 486))
    assert only(HangUp, play.answer(attempt)).attempt == attempt
