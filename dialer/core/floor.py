"""The Floor: `step(event) -> effects`. Every decision of the dialer is taken here and in the files it calls.

A step is `apply` and `pace`. Who drives it live takes them apart: what an event asks for is performed before anything
is calculated, because a person is on the line, and several events that have come at once are paced once.

It opens no socket, reads no clock, rolls no dice. The daemon feeds it live, the simulator in virtual time, tests by
hand. Events come in order of time from one writer. IllegalTransition means that we erred: the event changed nothing.
"""

from collections.abc import Callable
from typing import Any

from dialer.core import campaigning, joining, lines, picking, previewing, resting, settling, spying, staffing
from dialer.core.agent import Agent, AgentAct, LegTimedOut
from dialer.core.call import (
    CALL,
    CallAct,
    ClearingTimedOut,
    JoinTimedOut,
    PreviewTimedOut,
    RingTimedOut,
    WrapUpTimedOut,
)
from dialer.core.dialling import dial
from dialer.core.effects import Effect, HangUp, Resync
from dialer.core.events import (
    AttemptSettled,
    Beat,
    BooksAway,
    BooksBack,
    BooksOpened,
    CallEvent,
    ClockSuspect,
    DialplanSeen,
    Event,
    LeadConfirmed,
    LeadsAdded,
    LeadsReserved,
    LeadWithdrawn,
    LegEvent,
    ServerDown,
    ServerUp,
    SpyGone,
    SpyOn,
    TimerFired,
    TrunkSeen,
)
from dialer.core.hinting import note_hint
from dialer.core.ids import AgentId, AttemptId
from dialer.core.pacing import pace
from dialer.core.resync import books_opened, server_down, server_up
from dialer.core.room import AgentHandler, CallHandler, Room
from dialer.core.settings import Site
from dialer.core.states import AgentState, CallState
from dialer.core.table import IllegalTransition
from dialer.core.timer import TimerKind
from dialer.core.wishes import (
    AgentHinted,
    AgentHungUp,
    AgentRegrouped,
    AgentSignedIn,
    CampaignChanged,
    CampaignCommanded,
    ColleagueLeft,
    DeskEvent,
    DialAsked,
    Disposed,
    Draining,
    LeadPicked,
    SiteChanged,
    SkipAsked,
    SpyAsked,
    SpyStopped,
    SpyTurned,
)

CALL_ACTS: dict[CallAct, CallHandler] = {
    CallAct.CONFIRM: previewing.confirm,
    CallAct.ORIGINATE: previewing.originate,
    CallAct.GIVE_BACK: previewing.give_back,
    CallAct.RANG: settling.rang,
    CallAct.PROGRESSED: settling.progressed,
    CallAct.ANSWER: settling.answer,
    CallAct.OFFER: joining.offer,
    CallAct.CONNECT: joining.connect,
    CallAct.JOIN: lines.joined,
    CallAct.UNJOIN: joining.unjoin,
    CallAct.ABANDON: joining.abandon,
    CallAct.NOTE_MESSAGE: joining.note_message,
    CallAct.AWAIT_CLEARING: settling.await_clearing,
    CallAct.HANG_UP: settling.hang_up,
    CallAct.TALK_ENDED: settling.talk_ended,
    CallAct.NOTE_DISPOSITION: settling.note_disposition,
    CallAct.SETTLE: settling.settle,
    CallAct.LINE: lines.heard_of_call,
}
AGENT_ACTS: dict[AgentAct, AgentHandler] = {
    AgentAct.CALL_PHONE: staffing.call_phone,
    AgentAct.DROP_PHONE: staffing.drop_phone,
    AgentAct.NOTE_WISH: staffing.note_wish,
    AgentAct.NOTE_HELD: staffing.note_held,
    AgentAct.NOTE_DOWN: staffing.note_down,
    AgentAct.GIVE_BACK: previewing.left,
    AgentAct.END_OWN_CALL: previewing.end_own_call,
    AgentAct.GRANT: staffing.grant,
    AgentAct.ALARM_LOST: staffing.alarm_lost,
}
TIMED_OUT: dict[TimerKind, type[CallEvent]] = {
    TimerKind.RING: RingTimedOut,
    TimerKind.JOIN: JoinTimedOut,
    TimerKind.CLEARING: ClearingTimedOut,
    TimerKind.WRAP_UP: WrapUpTimedOut,
    TimerKind.PREVIEW: PreviewTimedOut,
}

LATELY_S = 0.25
"""Where the picture was looked at so lately, the mere passing of time is nothing new: a busy floor skips the beat."""
SPACED_FROM_AGENTS, SPACING_S = 50, 0.2
"""From so many agents on the picture changes many times a second and each change hardly matters: calls are thought of
five times a second at most. Small teams live by every single change."""
HELD_LEASE_S = 10.0
"""An idle agent's leg that was not seen in hold for so long: the server is asked again."""


class Floor:
    """The room and what may happen in it. `step`, or `apply` and `pace`, are the only way in."""

    def __init__(self, site: Site) -> None:
        self.room = Room(CALL_ACTS, AGENT_ACTS)
        self.room.set_site(site)
        self._asked_again_at = 0.0
        self._paced_at = 0.0
        self._handlers: dict[type, Callable[[Any], None]] = {
            Beat: self._beat,
            TimerFired: self._timer,
            LeadsReserved: self._reserved,
            AttemptSettled: lambda event: campaigning.attempt_settled(self.room, event),
            BooksOpened: lambda event: books_opened(self.room, event),
            BooksAway: lambda event: self._books(away=True),
            BooksBack: lambda event: self._books(away=False),
            ServerUp: lambda event: server_up(self.room, event),
            ServerDown: lambda event: server_down(self.room, event),
            DialplanSeen: self._dialplan_seen,
            TrunkSeen: self._trunk_seen,
            AgentSignedIn: self._signed_in,
            AgentHungUp: self._agent_hung_up,
            AgentRegrouped: lambda event: staffing.regroup(self.room, event),
            AgentHinted: lambda event: note_hint(self.room, event),
            Disposed: self._call_event,
            DialAsked: lambda event: previewing.dial_asked(self.room, event),
            SkipAsked: lambda event: previewing.skip_asked(self.room, event),
            LeadPicked: lambda event: picking.picked(self.room, event),
            SpyAsked: lambda event: spying.asked(self.room, event),
            SpyTurned: lambda event: spying.turned(self.room, event),
            SpyStopped: lambda event: spying.stopped(self.room, event),
            SpyOn: lambda event: spying.on(self.room, event),
            SpyGone: lambda event: spying.gone(self.room, event),
            **dict.fromkeys(lines.ASKED, lambda event: lines.ask(self.room, event)),
            CampaignChanged: lambda event: campaigning.changed(self.room, event),
            CampaignCommanded: lambda event: campaigning.commanded(self.room, event),
            LeadsAdded: lambda event: campaigning.leads_added(self.room, event),
            LeadWithdrawn: self._lead_withdrawn,
            SiteChanged: lambda event: self.room.set_site(event.site),
            Draining: self._drain,
            ClockSuspect: self._clock,
        }

    def step(self, event: Event) -> list[Effect]:
        """Apply one event and pace; the effects in the order in which they must be performed.

        Raises IllegalTransition for a pair that no table has; then nothing was changed.
        """
        return self.apply(event) + self.pace()

    def apply(self, event: Event) -> list[Effect]:
        """The event alone: `pace` must follow, at the latest when no other event waits. IllegalTransition as above."""
        room = self.room
        if event.at > room.at:
            room.at = event.at
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)
        elif isinstance(event, CallEvent):
            self._call_event(event)
        elif isinstance(event, LegEvent | DeskEvent):
            self._agent_event(event)
        else:
            raise IllegalTransition(f"floor: {type(event).__name__} is no event of ours")
        return self._taken()

    def pace(self) -> list[Effect]:
        """Start calls where the picture has changed; too soon after the last time, the next event sees to it."""
        if not self.room.dirty or self._too_soon():
            return []
        self.room.dirty, self._paced_at = False, self.room.at
        pace(self.room)
        return self._taken()

    def _too_soon(self) -> bool:
        return len(self.room.agents) >= SPACED_FROM_AGENTS and self.room.at - self._paced_at < SPACING_S

    def _taken(self) -> list[Effect]:
        out, self.room.out = self.room.out, []
        return out

    def lose(self, attempt: AttemptId, reason: str) -> list[Effect]:
        """Give up one attempt after a bug of ours: hung up and settled as lost; a talk in progress goes on."""
        room = self.room
        call = room.calls.get(attempt)
        if call is not None and call.state not in (CallState.TALKING, CallState.WRAP_UP):
            settling.lose(room, call, reason)
        return self._taken()

    @property
    def idle(self) -> bool:
        """No customer is on any line and no attempt is open (forms may be): the daemon may stop."""
        talking = any(call.state is not CallState.WRAP_UP for call in self.room.calls.values())
        return not talking and not any(campaign.asking for campaign in self.room.campaigns.values())

    # ---- calls and agents

    def _call_event(self, event: CallEvent | Disposed) -> None:
        call = self.room.calls.get(event.attempt)
        if call is not None:
            self.room.step_call(call, event)
        elif not isinstance(event, LeadConfirmed):
            self._late(event)

    def _late(self, event: CallEvent | Disposed) -> None:
        """About an attempt that is settled, or that nobody knows: a channel that comes to life is ended."""
        server = self.room.settled.get(event.attempt)
        if server is None:
            self.room.orphans += 1
            self._ask_what_lives(event.at)
            return
        if CallAct.HANG_UP in CALL.look(CallState.SETTLED, type(event)).acts:
            self.room.orphans += 1
            self.room.out.append(HangUp(attempt=event.attempt, server=server))

    def _ask_what_lives(self, at: float) -> None:
        """A stray whose server is not known: the resync of each finds and ends it."""
        if at - self._asked_again_at > HELD_LEASE_S:
            self._asked_again_at = at
            self.room.out += [Resync(server=name) for name, link in self.room.servers.items() if link.up]

    def _agent_event(self, event: LegEvent | DeskEvent) -> None:
        agent = self.room.agents.get(event.agent)
        if agent is None:
            return
        if isinstance(event, LegEvent) and event.leg != agent.leg:
            return  # an earlier leg of the same agent
        if not isinstance(event, lines.LEG_EVENTS):
            self.room.step_agent(agent, event)
        if isinstance(event, lines.OF_LEG):
            lines.heard_of_leg(self.room, agent, event)

    def _signed_in(self, event: AgentSignedIn) -> None:
        session = event.session
        agent = self.room.agents.get(session.agent)
        if agent is None or agent.state is AgentState.LOST:
            agent = Agent(session, session.leg, since=self.room.at)
            agent.wanted, agent.wanted_reason = session.state, session.reason
            self.room.agents[session.agent] = agent
        self.room.step_agent(agent, event)

    def _agent_hung_up(self, event: AgentHungUp) -> None:
        agent = self.room.agents.get(event.agent)
        call = self.room.calls.get(agent.attempt) if agent is not None and agent.attempt is not None else None
        if call is None or call.state is CallState.WRAP_UP:
            return
        if call.line.colleague == event.agent:  # a colleague leaves; the customer is not his to hang up on
            lines.ask(self.room, ColleagueLeft(at=event.at, agent=event.agent))
        elif not call.previewed:
            call.cancelled_by_us |= call.unanswered
            self.room.out.append(HangUp(attempt=call.attempt, server=call.server))

    # ---- leads and books

    def _reserved(self, event: LeadsReserved) -> None:
        if event.previewer is None:
            dial(self.room, event)
        else:
            previewing.claimed(self.room, event)
        campaign = self.room.campaigns.get(event.campaign)
        if campaign is not None:
            campaigning.maybe_over(self.room, campaign)

    def _books(self, *, away: bool) -> None:
        room = self.room
        if away != room.books_away:
            text = "the database does not answer: no new calls" if away else "the database is back: dialling goes on"
            room.alarm("books_away" if away else "books_back", text)
        room.books_away = away
        for campaign in room.campaigns.values():  # whoever was told «nothing just now» meanwhile may ask at once
            campaign.dry_until = campaign.dry_until if away else 0.0
        room.dirty = True

    def _lead_withdrawn(self, event: LeadWithdrawn) -> None:
        for call in list(self.room.calls.values()):
            if call.reservation.lead != event.lead:
                continue
            previewing.withdraw(self.room, call)
            if call.unanswered:
                call.withdrawn = call.cancelled_by_us = True
                self.room.out.append(HangUp(attempt=call.attempt, server=call.server))

    # ---- trunks, clock, end

    def _trunk_seen(self, event: TrunkSeen) -> None:
        trunk = self.room.trunks.get(event.trunk)
        if trunk is None or trunk.reachable == event.reachable:
            return
        trunk.reachable = event.reachable
        word = "answers its OPTIONS again" if event.reachable else "does not answer OPTIONS: nothing is dialled on it"
        self.room.alarm(
            "trunk_reachable" if event.reachable else "trunk_unreachable",
            f"trunk {event.trunk} {word}",
            trunk=event.trunk,
        )
        self.room.dirty = True

    def _dialplan_seen(self, event: DialplanSeen) -> None:
        link = self.room.servers.get(event.server)
        if link is not None:
            link.knows_lines = event.knows_lines

    def _drain(self, event: Draining) -> None:
        self.room.draining = True
        previewing.end_all(self.room, "draining")

    def _clock(self, event: ClockSuspect) -> None:
        self.room.clock_suspect = event.suspect
        if event.suspect:
            self.room.alarm("clock_suspect", "the wall clock was stepped: no new calls until it is anchored again")
        self.room.dirty = True

    # ---- time

    def _beat(self, event: Beat) -> None:
        self.room.bury()
        self.room.dirty |= event.at - self._paced_at > LATELY_S
        for agent in [self.room.agents[one] for ready in self.room.ready.values() for one in ready]:
            stuck = not agent.reachable and not agent.unseen
            if stuck and event.at - max(agent.since, self._asked_again_at) > HELD_LEASE_S:
                self._asked_again_at = event.at
                self.room.out.append(Resync(server=agent.session.phone.server))

    def _timer(self, event: TimerFired) -> None:
        kind, of = event.timer.kind, event.timer.of
        if kind is TimerKind.PACE:  # the calls per second allow one more: that is what was waited for
            self.room.dirty, self._paced_at = True, 0.0
            return
        if kind in (TimerKind.LEG, TimerKind.REST):
            agent = self.room.agents.get(AgentId(int(of)))
            if agent is not None and kind is TimerKind.REST:
                resting.over(self.room, agent)
            elif agent is not None:
                self.room.step_agent(agent, LegTimedOut(at=event.at, agent=agent.id))
            return
        attempt = AttemptId(of)
        call = self.room.calls.get(attempt)
        if call is None or call.unseen:
            return
        if kind is TimerKind.LINE:
            lines.timed_out(self.room, call)
        else:
            self.room.step_call(call, TIMED_OUT[kind](at=event.at, attempt=attempt))
