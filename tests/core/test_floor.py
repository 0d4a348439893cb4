"""The Floor as a dialogue: what is told, what it does."""

import pytest

from dialer.core.effects import (
    Alarm,
    BookAgentState,
    BookCampaignState,
    CallAgent,
    CommandPassedOver,
    Connect,
    DropAgent,
    HangUp,
    ReserveLeads,
    ScreenPop,
    Settle,
)
from dialer.core.events import (
    AgentHeld,
    AgentLegDown,
    Beat,
    BooksAway,
    BooksBack,
    BridgeFailed,
    LeadWithdrawn,
    MessageEnded,
    MessageStarted,
    OriginateFailed,
    OriginateRefused,
    Ringing,
    TimerFired,
    TrunkSeen,
)
from dialer.core.hours import Calendar, Window
from dialer.core.ids import CampaignId
from dialer.core.outcome import LeadEffect, LeadState, Outcome
from dialer.core.settings import PhoneKind
from dialer.core.states import AgentState, CampaignState
from dialer.core.timer import Timer as TimerName
from dialer.core.timer import TimerKind
from dialer.core.wishes import (
    AgentHungUp,
    AgentPaused,
    AgentSignedOut,
    CampaignChanged,
    CampaignCommand,
    CampaignCommanded,
    Disposed,
    Draining,
)
from strategies.base import Decision, Observation, Snapshot
from tests.core.playbook import CAMPAIGN, SERVER, TRUNK, Play, campaign, none, only, playing


def test_a_list_is_dialled_and_an_answer_reaches_the_agent() -> None:
    play, agent, attempt = playing()
    play.after(3).tell(Ringing(at=play.at, attempt=attempt))
    effects = play.after(4).answer(attempt)
    assert only(Connect, effects).agent == agent
    assert only(ScreenPop, effects).attempt == attempt
    play.after(0.01).bridge(attempt, agent)
    assert play.floor.room.agents[agent].state is AgentState.TALKING
    play.after(40).hang_up(attempt)
    assert play.floor.room.agents[agent].state is AgentState.WRAP_UP
    play.back(agent)
    effects = play.after(5).tell(
        Disposed(at=play.at, agent=agent, attempt=attempt, disposition="agreed", effect=LeadEffect.DONE)
    )
    settle = only(Settle, effects)
    assert (settle.outcome, settle.step.state, settle.disposition) == (Outcome.ANSWERED, LeadState.DONE, "agreed")
    assert not settle.abandoned
    assert play.floor.room.agents[agent].state is AgentState.READY
    assert only(ReserveLeads, effects).count == 1


def test_the_first_freed_agent_takes_the_call() -> None:
    play = Play()
    first, second = play.sign_in(1001), play.after(1).sign_in(1002)
    play.start()
    one, two = play.give_leads()
    assert only(Connect, play.after(1).answer(two)).agent == first
    assert only(Connect, play.answer(one)).agent == second


def test_nobody_free_plays_the_message_and_a_late_agent_may_still_take_it() -> None:
    play = Play(mode="power", power_ratio=2.0)
    agent = play.sign_in()
    play.start()
    one, two = play.give_leads()
    play.after(1).answer(one)
    play.bridge(one, agent)
    play.after(1).answer(two)
    play.after(1.8).tell(MessageStarted(at=play.at, attempt=two))
    assert play.floor.room.campaigns[CAMPAIGN].ledger.abandoned == 1
    play.hang_up(one)
    play.back(agent)
    effects = play.tell(Disposed(at=play.at, agent=agent, attempt=one, disposition="x", effect=LeadEffect.DONE))
    assert only(Connect, effects).attempt == two
    play.bridge(two, agent)
    play.after(9).hang_up(two)
    settle = only(Settle, play.tell(TimerFired(at=play.at, timer=TimerName(TimerKind.WRAP_UP, two))))
    assert settle.abandoned
    assert settle.late_joined
    assert settle.disposition == "no_disposition"
    assert settle.step.state is LeadState.NEEDS_DECISION


def test_a_message_that_cannot_be_played_is_silence_and_a_person_is_told_once() -> None:
    play = Play(mode="power", power_ratio=3.0)
    agent = play.sign_in()
    play.start()
    one, *others = play.give_leads()
    play.after(1).answer(one)
    play.bridge(one, agent)
    settled = []
    for attempt in others:
        play.after(1).answer(attempt)
        play.after(1.8).tell(MessageStarted(at=play.at, attempt=attempt))
        play.tell(MessageEnded(at=play.at, attempt=attempt, heard=False))
        settled.append(only(Settle, play.hang_up(attempt)))
    assert [(settle.abandoned, settle.silent, settle.caller_left) for settle in settled] == [(True, True, False)] * 2
    (alarm,) = [effect for effect in play.said if isinstance(effect, Alarm)]
    assert (alarm.name, alarm.server) == ("message_not_played", SERVER)


def test_who_was_abandoned_lately_is_called_only_with_an_agent_reserved() -> None:
    play = Play()
    agent = play.sign_in()
    play.start()
    (attempt,) = play.give_leads(reserved_agent_only=True)
    assert play.floor.room.agents[agent].state is AgentState.RESERVED
    assert only(Connect, play.after(3).answer(attempt)).agent == agent
    play.bridge(attempt, agent)
    play.hang_up(attempt)
    play.back(agent)
    play.tell(Disposed(at=play.at, agent=agent, attempt=attempt, disposition="x", effect=LeadEffect.DONE))
    (attempt,) = play.give_leads(reserved_agent_only=True)
    play.hang_up(attempt, 17, 486)
    assert play.floor.room.agents[agent].state is AgentState.READY


def test_who_leaves_before_the_message_is_abandoned_once() -> None:
    play = Play(mode="power", power_ratio=2.0)
    agent = play.sign_in()
    play.start()
    one, two = play.give_leads()
    play.answer(one)
    play.bridge(one, agent)
    play.after(1).answer(two)
    settle = only(Settle, play.after(0.7).hang_up(two))
    assert (settle.outcome, settle.caller_left, settle.silent) == (Outcome.ABANDONED, True, False)
    ledger = play.floor.room.campaigns[CAMPAIGN].ledger
    assert (ledger.answered, ledger.abandoned) == (2, 1)


def test_a_failed_join_offers_the_customer_to_the_next_agent() -> None:
    play = Play()
    first, second = play.sign_in(1001), play.after(1).sign_in(1002)
    play.start()
    one, _two = play.give_leads()
    play.answer(one)
    effects = play.tell(BridgeFailed(at=play.at, attempt=one, agent=first, result="NONEXISTENT"))
    assert only(Connect, effects).agent == second
    assert only(CallAgent, effects).agent == first
    assert play.floor.room.agents[first].state is AgentState.CALLING


@pytest.mark.parametrize(
    ("cause", "tech_cause", "outcome", "state"),
    [
        (17, 486, Outcome.BUSY, LeadState.WAITING),
        (1, 404, Outcome.INVALID, LeadState.REFUSED),
        (34, 503, Outcome.CONGESTION, LeadState.WAITING),
    ],
)
def test_what_the_network_said(cause: int, tech_cause: int, outcome: Outcome, state: LeadState) -> None:
    play, _agent, attempt = playing()
    settle = only(Settle, play.after(5).hang_up(attempt, cause, tech_cause))
    assert (settle.outcome, settle.step.state) == (outcome, state)
    assert settle.step.uses_attempt is (outcome is not Outcome.CONGESTION)


def test_a_refused_originate_uses_no_attempt() -> None:
    play, _agent, attempt = playing()
    settle = only(Settle, play.tell(OriginateRefused(at=play.at, attempt=attempt, reason="link down")))
    assert settle.outcome is Outcome.FAILED_HERE
    assert not settle.step.uses_attempt


def test_a_failure_without_a_channel_is_settled_when_no_hangup_follows() -> None:
    play, _agent, attempt = playing()
    play.tell(OriginateFailed(at=play.at, attempt=attempt))
    effects = play.after(2).tell(TimerFired(at=play.at, timer=TimerName(TimerKind.CLEARING, attempt)))
    assert only(Settle, effects).outcome is Outcome.FAILED_HERE


def test_the_second_look_at_the_hours_stops_a_claim_that_has_grown_old() -> None:
    # 1 795 000 000 is 2026-11-18 11:06:40 UTC, 14:06 in Moscow; the window closes at 14:07.
    calendar = Calendar(weekdays=tuple((Window(9 * 60, 14 * 60 + 7),) for _ in range(7)))
    play = Play(calendar=calendar)
    play.sign_in()
    play.start()
    play.after(60)
    assert play.give_leads() == []
    settle = only(Settle, play.said)
    assert settle.outcome is Outcome.NOT_SENT
    assert settle.step.next_call_at is not None
    assert settle.step.next_call_at > play.at
    assert not settle.step.uses_attempt


def test_no_agents_means_no_originate_in_the_same_step() -> None:
    play = Play()
    agent = play.sign_in()
    play.start()
    play.tell(AgentSignedOut(at=play.at, agent=agent))
    assert play.give_leads() == []
    assert only(Settle, play.said).reason == "no_agents"
    assert none(ReserveLeads, play.after(1).tell(Beat(at=play.at)))


def test_pause_is_sticky_and_waits_for_the_end_of_the_call() -> None:
    play, agent, attempt = playing()
    play.answer(attempt)
    play.bridge(attempt, agent)
    play.tell(AgentPaused(at=play.at, agent=agent, reason="lunch"))
    assert play.floor.room.agents[agent].state is AgentState.TALKING
    play.after(10).hang_up(attempt)
    play.back(agent)
    play.tell(Disposed(at=play.at, agent=agent, attempt=attempt, disposition="x", effect=LeadEffect.DONE))
    assert play.floor.room.agents[agent].state is AgentState.PAUSED
    assert play.floor.room.agents[agent].reason == "lunch"


def test_sign_out_after_this_call_drops_the_leg() -> None:
    play, agent, attempt = playing()
    play.answer(attempt)
    play.bridge(attempt, agent)
    play.tell(AgentSignedOut(at=play.at, agent=agent))
    play.hang_up(attempt)
    effects = play.tell(Disposed(at=play.at, agent=agent, attempt=attempt, disposition="x", effect=LeadEffect.DONE))
    assert only(DropAgent, effects).agent == agent
    assert agent not in play.floor.room.agents


def test_a_dead_phone_gets_no_calls_until_it_is_rung_again() -> None:
    play = Play()
    agent = play.sign_in()
    leg = play.floor.room.agents[agent].leg
    effects = play.tell(AgentLegDown(at=play.at, agent=agent, leg=leg, cause=44))
    assert only(BookAgentState, effects).state is AgentState.LOST
    assert none(ReserveLeads, play.start())
    again = only(CallAgent, play.ready(agent)).leg
    assert again != leg
    play.tell(AgentHeld(at=play.at, agent=agent, leg=again))
    assert play.floor.room.agents[agent].state is AgentState.READY


def test_a_phone_called_per_call_needs_no_leg() -> None:
    play = Play()
    agent = play.sign_in(kind=PhoneKind.PER_CALL)
    assert none(CallAgent, play.said)
    play.start()
    (attempt,) = play.give_leads()
    assert only(Connect, play.answer(attempt)).per_call
    play.bridge(attempt, agent)
    assert play.floor.room.agents[agent].state is AgentState.TALKING


def test_a_silent_trunk_dies_after_five_and_does_not_burn_the_list() -> None:
    play = Play(mode="power", power_ratio=8.0)
    play.sign_in()
    play.start()
    attempts = play.give_leads()
    assert len(attempts) == 8
    play.after(25)
    settled = [only(Settle, play.hang_up(attempt, 19, 480)) for attempt in attempts]
    assert [s.outcome for s in settled[:4]] == [Outcome.UNAVAILABLE] * 4
    assert {s.outcome for s in settled[4:]} == {Outcome.TRUNK_DOWN}
    assert not settled[-1].step.uses_attempt
    assert only(Alarm, play.said).name == "trunk_dead"
    assert play.give_leads() == []
    play.after(31).tell(Beat(at=play.at))
    (probe,) = play.give_leads()
    play.tell(Ringing(at=play.at, attempt=probe))
    assert play.floor.room.trunks[TRUNK].alive


def test_an_unreachable_trunk_is_not_dialled() -> None:
    play = Play()
    play.tell(TrunkSeen(at=play.at, trunk=TRUNK, reachable=False))
    play.sign_in()
    play.start()
    assert play.give_leads() == []
    play.tell(TrunkSeen(at=play.at, trunk=TRUNK, reachable=True))
    assert len(play.give_leads()) == 1


def test_while_the_books_are_away_nothing_starts() -> None:
    play = Play()
    play.sign_in()
    play.tell(BooksAway(at=play.at, reason="connection refused"))
    assert none(ReserveLeads, play.start())
    assert only(ReserveLeads, play.tell(BooksBack(at=play.at))).count == 1


def test_draining_starts_nothing_and_is_idle_when_talks_are_over() -> None:
    play, agent, attempt = playing()
    play.answer(attempt)
    play.bridge(attempt, agent)
    play.tell(Draining(at=play.at))
    assert not play.floor.idle
    play.hang_up(attempt)
    assert play.floor.idle


def test_a_withdrawn_order_ends_a_ringing_call() -> None:
    play, _agent, attempt = playing()
    lead = play.floor.room.calls[attempt].reservation.lead
    assert only(HangUp, play.tell(LeadWithdrawn(at=play.at, lead=lead))).attempt == attempt
    settle = only(Settle, play.hang_up(attempt))
    assert (settle.outcome, settle.step.state, settle.step.reason) == (Outcome.CANCELLED, LeadState.DONE, "withdrawn")


def test_the_agent_hangs_up() -> None:
    play, agent, attempt = playing()
    play.answer(attempt)
    play.bridge(attempt, agent)
    assert only(HangUp, play.tell(AgentHungUp(at=play.at, agent=agent))).attempt == attempt


def test_a_campaign_is_done_when_the_books_say_that_nothing_is_left() -> None:
    play = Play()
    play.sign_in()
    play.start()
    (attempt,) = play.give_leads(unfinished=0)
    play.hang_up(attempt, 1, 404)
    assert play.give_leads(most=0, unfinished=1) == []
    effects = play.settled(attempt)
    probe = only(ReserveLeads, effects)
    assert probe.count == 0
    play.give_leads(unfinished=0)
    assert only(BookCampaignState, [e for e in play.said if isinstance(e, BookCampaignState)][-1:]).state is (
        CampaignState.DONE
    )


def test_two_campaigns_share_agents_by_weight() -> None:
    play = Play(mode="power", power_ratio=1.0, weight=3.0)

    other = CampaignId(2)
    play.tell(CampaignChanged(at=play.at, settings=campaign(id=other, name="other", mode="power", weight=1.0)))
    for number in range(1001, 1005):
        play.sign_in(number)
    play.start()
    play.tell(CampaignCommanded(at=play.at, campaign=other, command=CampaignCommand.START))
    started = {CAMPAIGN: 0, other: 0}
    for _ in range(40):
        asks = play.asked()
        for ask in asks:
            started[ask.campaign] += ask.count
        play.said.extend(asks)
        for attempt in play.give_leads():
            play.after(2).hang_up(attempt, 17, 486)
    assert started[other] > 0
    assert started[CAMPAIGN] / started[other] == pytest.approx(3.0, rel=0.35)


def test_the_strategy_is_asked_only_where_a_call_may_come_of_it() -> None:
    """An answer, a join and a lead dialled as asked make calls fewer: the person on the line does not wait for sums."""
    play = Play(mode="power", power_ratio=1.0)
    agent = play.sign_in()
    play.start()
    strategy = play.floor.room.campaigns[CAMPAIGN].strategies[SERVER]
    asked: list[float] = []

    class Listening:
        name = "listening"

        def decide(self, snapshot: Snapshot) -> Decision:
            asked.append(snapshot.at_s)
            return strategy.decide(snapshot)

        def observe(self, observation: Observation) -> None:
            strategy.observe(observation)

    play.floor.room.campaigns[CAMPAIGN].strategies[SERVER] = Listening()
    [attempt] = play.give_leads()
    play.after(5).answer(attempt)
    play.after(0.01).bridge(attempt, agent)
    assert asked == []
    play.after(30).hang_up(attempt)
    play.back(agent)
    assert asked == [play.at]  # in wrap-up he is free sooner than was thought
    play.after(5)
    play.tell(Disposed(at=play.at, agent=agent, attempt=attempt, disposition="x", effect=LeadEffect.DONE))
    assert asked == [play.at - 5, play.at]


def test_a_command_that_another_has_overtaken_is_passed_over_and_told() -> None:
    play = Play()
    play.start()
    play.tell(CampaignCommanded(at=play.at, campaign=CAMPAIGN, command=CampaignCommand.STOP))
    effects = play.tell(CampaignCommanded(at=play.at, campaign=CAMPAIGN, command=CampaignCommand.PAUSE))
    told = only(CommandPassedOver, effects)
    assert (told.campaign, told.command, told.state) == (CAMPAIGN, CampaignCommand.PAUSE, CampaignState.STOPPED)
    assert play.floor.room.campaigns[CAMPAIGN].state is CampaignState.STOPPED


@pytest.mark.parametrize("works", [True, False], ids=["joined", "not joined"])
def test_a_result_given_as_the_join_is_made_counts_where_there_was_a_talk(works: bool) -> None:
    play = Play()
    agent = play.sign_in()
    play.start()
    (one,) = play.give_leads(most=1)
    play.answer(one)
    play.tell(Disposed(at=play.at, agent=agent, attempt=one, disposition="agreed", effect=LeadEffect.DONE))
    if works:
        play.bridge(one, agent)
        settle = only(Settle, play.after(5).hang_up(one) + play.tell(Beat(at=play.at)))
        assert (settle.disposition, settle.outcome) == ("agreed", Outcome.ANSWERED)
        return
    play.tell(BridgeFailed(at=play.at, attempt=one, agent=agent, result="NONEXISTENT"))
    settle = only(Settle, play.after(5).hang_up(one))
    assert (settle.disposition, settle.abandoned) == (None, True)


def test_figures_that_the_mode_cannot_keep_stop_the_campaign_not_the_daemon() -> None:
    """However they came into the books."""
    play = Play(mode="power", power_ratio=0.5)
    play.sign_in()
    alarm = only(Alarm, play.start())
    assert alarm.name == "strategy_failed"
    assert "power_ratio is 0.5" in alarm.text
    assert play.asked() == []


def test_a_campaign_whose_strategy_is_not_installed_dials_nothing_and_says_so() -> None:
    """A third party's package was removed: the other campaigns go on."""
    play = Play(mode="theirs")
    play.sign_in()
    effects = play.start()
    alarm = only(Alarm, effects)
    assert (alarm.name, alarm.facts) == ("strategy_unknown", {"campaign": "demo", "mode": "theirs"})
    decision = play.floor.room.campaigns[CAMPAIGN].decisions[SERVER]
    assert (decision.calls_to_start, decision.strategy) == (0, "theirs")
    assert "theirs" in decision.reason
    for _ in range(3):
        assert none(Alarm, play.after(60.0).tell(Beat(at=play.at))), "told once"
    assert play.asked() == []
    play.tell(CampaignChanged(at=play.at, settings=campaign(mode="progressive")))
    assert len(play.asked()) == 1
