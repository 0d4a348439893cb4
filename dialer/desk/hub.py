"""The desks of all agents: tells each agent's screens what happens to him, and knows whether they have seen it.

The engine hands over effects (`performers`), a socket joins with `join` and reads its mailbox. What a screen shows
is never kept by the browser: whoever joins gets a `hello` with the state and the call as they are now, so a page
that was reloaded is in the same call. A pop that no screen acknowledges within a second is pushed again; after one
more second a person is alarmed and the agent's next call is held back. Knows nothing of HTTP, SQL or Asterisk.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from dialer.core.card import Card, Edit
from dialer.core.effects import (
    Alarm,
    BookAgentState,
    CallEnded,
    Effect,
    LineTold,
    PickRefused,
    PreviewOver,
    PreviewShown,
    ScreenPop,
    Settle,
)
from dialer.core.events import Event
from dialer.core.ids import AgentId, AttemptId, LeadId
from dialer.core.states import AgentState, LineState
from dialer.core.wishes import AgentPaused, AgentReady
from dialer.desk.mailbox import Mailbox
from dialer.desk.messages import (
    Pop,
    alarm_message,
    line_fields,
    message,
    pop_fields,
    state_fields,
    state_message,
    unseen_alarm,
)

ACKNOWLEDGE_S = 1.0
"""How long a pop may stay unacknowledged before it is pushed again, and then alarmed."""

LOOK_S = 15.0
"""How long a pop on a hidden page may stay unseen: the agent hears the customer and is called to the page."""
PUSHES = 2
"""After so many a person is alarmed."""

TICK_S = 0.25
BEFORE_THE_CALL = frozenset({AgentState.PREVIEWING, AgentState.RESERVED})
SCREEN_LOST = "screen_lost"
"""The reason of the pause of an agent whose screen does not answer."""


class Cards(Protocol):
    """Where cards come from."""

    async def card(self, attempt: AttemptId) -> Card | None:
        """The card of this attempt; None where the attempt is unknown. Raises OSError while the books are away."""
        ...


@dataclass(slots=True)
class Screen:
    """One agent's desk, shown in any number of tabs."""

    boxes: set[Mailbox] = field(default_factory=set)
    watched: bool = False
    """A page was seen since sign-in; agents driven by another program have none, and owe no acknowledgement."""
    state: BookAgentState | None = None
    pop: Pop | None = None
    wish: dict[str, str] | None = None
    """What follows this call, where the agent has asked for something: `wanted` and its `reason`."""
    line: LineTold | None = None
    """Who hears whom in the talk, as it was last told."""


Performer: TypeAlias = Callable[[Any], Coroutine[Any, Any, None] | None]


class Hub:
    """`now` is event time and `monotonic` measures waits, both in seconds; `feed` puts an event before the Floor."""

    def __init__(
        self,
        cards: Cards,
        *,
        feed: Callable[[Event], None],
        now: Callable[[], float],
        monotonic: Callable[[], float],
        recall: Callable[[AgentId], BookAgentState | None] = lambda agent: None,
        recall_line: Callable[[AgentId], LineTold | None] = lambda agent: None,
        raise_alarm: Callable[[Alarm], None] = lambda alarm: None,
        pop_seen: Callable[[float], None] = lambda seconds: None,
        looked: Callable[[AgentId, Card], None] = lambda agent, card: None,
    ) -> None:
        self._cards = cards
        self._feed = feed
        self._now = now
        self._monotonic = monotonic
        self._recall = recall
        self._recall_line = recall_line
        self._raise_alarm = raise_alarm
        self._pop_seen = pop_seen
        self._looked = looked
        self._screens: dict[AgentId, Screen] = {}
        self._closing = asyncio.Event()

    # ---- what the engine tells

    def performers(self) -> Mapping[type[Effect], Performer]:
        """For the engine's table. `settled` is not in it: it is called when the books have settled, not before."""
        return {
            ScreenPop: self.screen_pop,
            PreviewShown: self.preview_shown,
            PreviewOver: self.preview_over,
            PickRefused: self.pick_refused,
            BookAgentState: self.agent_state,
            CallEnded: self.call_ended,
            LineTold: self.line_told,
            Alarm: self.alarm,
        }

    def agent_state(self, effect: BookAgentState) -> None:
        screen = self._screen(effect.agent)
        screen.state = effect
        if effect.state is AgentState.OFFLINE:
            screen.watched = bool(screen.boxes)
        if effect.attempt is None:
            screen.pop = screen.wish = screen.line = None
        elif effect.state is AgentState.TALKING and self.previews(effect.agent):
            self._answered_unseen(screen, effect)
        self._push(screen, state_message(effect, self._now()))

    def screen_pop(self, effect: ScreenPop) -> Coroutine[Any, Any, None]:
        """Show the card. The call is noted at once, in order; the books are asked aside."""
        screen = self._screen(effect.agent)
        before = screen.pop
        screen.pop = Pop(effect.attempt, effect.lead, effect.answered_at)
        if before is not None and before.attempt == effect.attempt:  # he has looked at it and asked for the call
            screen.pop.withdrawn = before.withdrawn
        return self._show(effect.agent, screen, screen.pop)

    def preview_shown(self, effect: PreviewShown) -> Coroutine[Any, Any, None]:
        """Show the card of a lead that the agent may call."""
        screen = self._screen(effect.agent)
        screen.pop = Pop(effect.attempt, effect.lead, None, preview_until=effect.until)
        return self._show(effect.agent, screen, screen.pop)

    def preview_over(self, effect: PreviewOver) -> None:
        """The lead is not called now: its card goes, and the screen says why."""
        screen = self._screen(effect.agent)
        if screen.pop is not None and screen.pop.attempt == effect.attempt:
            screen.pop = screen.wish = None
        self._push(screen, message("preview_over", self._now(), attempt=effect.attempt, reason=effect.reason))

    def pick_refused(self, effect: PickRefused) -> None:
        """The lead that he has picked is not shown, and the screen says why."""
        self._push(
            self._screen(effect.agent),
            message("pick_refused", self._now(), lead=effect.lead, reason=effect.reason),
        )

    def call_ended(self, effect: CallEnded) -> None:
        screen = self._screen(effect.agent)
        if screen.pop is not None and screen.pop.attempt == effect.attempt:
            screen.pop.ended = True
        self._push(screen, message("call_ended", self._now(), attempt=effect.attempt))

    def line_told(self, effect: LineTold) -> None:
        """Hold, consultation, conference, mute: as Asterisk says; a `trouble` is why a wish came to nothing."""
        screen = self._screen(effect.agent)
        screen.line = effect
        self._push(screen, message("line", self._now(), **line_fields(effect), trouble=effect.trouble))

    def settled(self, effect: Settle) -> None:
        """The result is in the books: only now is the agent told that it is saved."""
        if effect.agent is None or effect.disposition is None:
            return
        screen = self._screen(effect.agent)
        if screen.pop is not None and screen.pop.attempt == effect.attempt:
            screen.pop.disposed = effect.disposition
        self._push(
            screen,
            message("disposed", self._now(), attempt=effect.attempt, disposition=effect.disposition),
        )

    def alarm(self, effect: Alarm) -> None:
        """An alarm about an attempt is also shown to the agent who has it on the screen."""
        for screen in self._screens.values():
            if effect.attempt is not None and screen.pop is not None and screen.pop.attempt == effect.attempt:
                self._push(screen, alarm_message(effect, self._now()))

    # ---- what the API tells

    def withdrawn(self, lead: LeadId) -> None:
        """The order was cancelled while somebody may be talking about it: he sees a banner, or the order's mark."""
        for screen in self._screens.values():
            if (pop := screen.pop) is None:
                continue
            if pop.lead == lead:
                pop.withdrawn = True
                self._push(screen, message("withdrawn", self._now(), attempt=pop.attempt))
            elif pop.card is None or pop.shows(lead):  # a card that is being read may come with it
                pop.withdrawn_since.add(lead)
                if pop.card is not None:
                    self._show_again(screen, pop)

    async def changed(self, lead: LeadId) -> None:
        """A waiting order is another now: where a card shows it, the card is read again."""
        for agent, screen in list(self._screens.items()):
            pop = screen.pop
            if pop is None or not pop.shows(lead) or (card := await self._load(agent, pop.attempt)) is None:
                continue
            pop.card = card
            if screen.pop is pop:
                self._show_again(screen, pop)

    def wish(self, agent: AgentId, wanted: AgentState, reason: str = "") -> None:
        """The agent asked for this in the middle of a call: his screens say what will follow it."""
        screen = self._screen(agent)
        if screen.pop is not None:
            screen.wish = None if wanted is AgentState.READY else {"wanted": wanted.value, "reason": reason}
            self._push(screen, message("wish", self._now(), wish=screen.wish))

    def edited(self, agent: AgentId, edits: Sequence[Edit]) -> None:
        """These edits of the form are in the books: every screen of the agent shows them."""
        screen = self._screen(agent)
        if screen.pop is not None and (kept := screen.pop.enter(edits)):
            self._push(screen, message("form", self._now(), attempt=screen.pop.attempt, edits=kept))

    async def join(self, agent: AgentId) -> Mailbox:
        """A screen of this agent opened: its mailbox, with a `hello` in it. Give it back by `leave`."""
        screen = self._screen(agent)
        screen.watched = True
        box = Mailbox()
        screen.boxes.add(box)
        await self._recover(agent, screen)
        box.put(self._hello(screen))
        return box

    def leave(self, agent: AgentId, box: Mailbox) -> None:
        self._screen(agent).boxes.discard(box)

    def attempt_of(self, agent: AgentId) -> AttemptId | None:
        """The attempt on the agent's screen, and so the one that he may dispose."""
        pop = self._screen(agent).pop
        return None if pop is None else pop.attempt

    def previews(self, agent: AgentId) -> bool:
        """Nobody has answered yet what is on the agent's screen: he looks at the lead, or it rings."""
        pop = self._screen(agent).pop
        return pop is not None and pop.preview_until is not None

    def awaits_join(self, agent: AgentId) -> bool:
        """The card is on the screen and he does not hear the customer yet: his phone may still ring."""
        state = self._screen(agent).state
        return state is not None and state.state is AgentState.RESERVED

    def is_guest(self, agent: AgentId) -> bool:
        """He is in somebody else's call, as a colleague who was asked: its result is not his to give."""
        line = self._screen(agent).line
        return line is not None and line.guest and line.state is not LineState.OVER

    def seen(self, agent: AgentId, attempt: AttemptId) -> None:
        """A screen of this agent has painted the pop of this attempt; late and repeated words change nothing."""
        pop = self._screen(agent).pop
        if pop is None or pop.attempt != attempt or pop.seen:
            return
        pop.seen = True
        if pop.held_back and self._screen(agent).wish is None:
            self._feed(AgentReady(at=self._now(), agent=agent))  # what held him back is over
        if pop.answered_at is not None and not pop.hidden:
            self._pop_seen(max(0.0, self._now() - pop.answered_at))

    def hidden(self, agent: AgentId, attempt: AttemptId) -> None:
        """A screen of this agent has the pop where nobody sees it, and calls him to it: delivered, and not yet seen."""
        pop = self._screen(agent).pop
        if pop is not None and pop.attempt == attempt and not pop.seen and not pop.held_back:
            pop.hidden = True
            pop.pushes = PUSHES

    # ---- time

    async def run(self) -> None:
        """Watches for pops that nobody acknowledges, until `close`. One task of the daemon's TaskGroup."""
        while not self._closing.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), TICK_S)
            await self.tick()

    async def tick(self) -> None:
        """One look at every unacknowledged pop; `run` calls it four times a second."""
        now = self._monotonic()
        for agent, screen in list(self._screens.items()):
            pop = screen.pop
            if pop is None or pop.seen or not screen.watched or pop.pushed_at is None:
                continue
            if pop.preview_until is not None:  # nobody is on the line, and a lead that nobody touches has its own clock
                continue
            if now - pop.pushed_at >= (LOOK_S if pop.hidden else ACKNOWLEDGE_S):
                await self._overdue(agent, screen, pop)

    def close(self) -> None:
        """Lets every screen go; they come back by themselves."""
        self._closing.set()
        for screen in self._screens.values():
            for box in screen.boxes:
                box.close()

    # ---- inside

    def _answered_unseen(self, screen: Screen, effect: BookAgentState) -> None:
        """He talks already with whom he had looked at: the answer itself came while the link was lost."""
        if screen.pop is not None and screen.pop.attempt == effect.attempt:
            screen.pop.preview_until, screen.pop.answered_at = None, effect.since
            self._push_pop(screen, screen.pop)

    async def _show(self, agent: AgentId, screen: Screen, pop: Pop) -> None:
        """Announced without its card where the books cannot give it: the agent is on the line."""
        pop.card = await self._load(agent, pop.attempt)
        if screen.pop is pop:
            self._push_pop(screen, pop)

    async def _overdue(self, agent: AgentId, screen: Screen, pop: Pop) -> None:
        if pop.card is None:
            pop.card = await self._load(agent, pop.attempt)
        if pop.pushes < PUSHES:
            self._push_pop(screen, pop)
        elif not pop.held_back:
            pop.held_back = True
            self._feed(AgentPaused(at=self._now(), agent=agent, reason=SCREEN_LOST))
            self._raise_alarm(unseen_alarm(agent, pop))

    def _screen(self, agent: AgentId) -> Screen:
        return self._screens.setdefault(agent, Screen())

    async def _load(self, agent: AgentId, attempt: AttemptId) -> Card | None:
        """The card for this agent's screens, which is a look at a person's data; None while the books are away."""
        try:
            card = await self._cards.card(attempt)
        except OSError:
            return None
        if card is not None:
            self._looked(agent, card)
        return card

    async def _recover(self, agent: AgentId, screen: Screen) -> None:
        """After a restart of the daemon the hub knows nothing: the Floor and the books do."""
        if screen.state is None:
            screen.state = self._recall(agent)
        screen.line = screen.line or self._recall_line(agent)
        state = screen.state
        if screen.pop is not None or state is None or state.attempt is None:
            return
        card = await self._load(agent, state.attempt)
        if screen.pop is None and card is not None:
            screen.pop = Pop(
                card.attempt,
                card.lead,
                card.answered_at,
                card,
                seen=True,
                ended=card.ended_at is not None,
                withdrawn=card.withdrawn,
                disposed=card.disposition,
                preview_until=state.since if state.state in BEFORE_THE_CALL and card.answered_at is None else None,
            )

    def _hello(self, screen: Screen) -> bytes:
        state = None if screen.state is None else state_fields(screen.state)
        call = None if screen.pop is None else pop_fields(screen.pop)
        line = None if screen.line is None else line_fields(screen.line)
        return message("hello", self._now(), state=state, call=call, wish=screen.wish, line=line)

    def _push_pop(self, screen: Screen, pop: Pop) -> None:
        pop.pushes += 1
        pop.pushed_at = self._monotonic()
        self._show_again(screen, pop)

    def _show_again(self, screen: Screen, pop: Pop) -> None:
        self._push(screen, message("pop", self._now(), **pop_fields(pop)))

    def _push(self, screen: Screen, data: bytes) -> None:
        for box in screen.boxes:
            box.put(data)
