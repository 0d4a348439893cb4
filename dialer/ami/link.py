"""One Asterisk server, as the engine sees it: effects in, events out.

Effects are written to the socket before their method returns; what comes of them arrives as events at `sink`. Nothing
is ever sent twice by a reconnect: after a loss only the resync (`ServerUp`) says what became of it. Only Hangup is
asked again, of a channel known to live. Between `ServerDown` and `ServerUp` nothing is told of the server.
"""

import asyncio
from asyncio import QueueFull, timeout
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random

from dialer.ami import actions
from dialer.ami.actions import Action
from dialer.ami.channels import TAKE_CONTEXT, leg_agent, spy_of
from dialer.ami.client import AmiError, Answer, HardenedManager, NotConnected
from dialer.ami.codec import Headers, UnsafeAction
from dialer.ami.keeper import Keeper, Patience
from dialer.ami.phone import Admissions, admission
from dialer.ami.resync import live_calls, live_legs, live_spies, living
from dialer.ami.translate import Translator
from dialer.clock import Clock
from dialer.core.effects import (
    CallAgent,
    CallSpy,
    Connect,
    DropAgent,
    DropSpy,
    HangUp,
    LineEffect,
    Mute,
    Originate,
    SendDigits,
    SpyEffect,
)
from dialer.core.events import DialplanSeen, Event, MuteSet, OriginateRefused, ServerDown, ServerUp
from dialer.core.ids import AttemptId, Instant, ServerName, TrunkName, attempt_channel
from dialer.logs import LogEvent, get_logger

END_AGAIN_S = (0.05, 0.2, 1.0)
"""A Hangup right after its Originate finds `No such channel`, and the phone rings on: asked again after these."""
LEG_HANGUP_LIMIT_S = 0.5
"""After OriginateResponse Failure a leg's Hangup comes within ms; none by now: there never was a channel."""
QUESTION_LIMIT_S = 3.0
FULL_QUEUE_REST_S = 0.05
KEY_S = (actions.DIGIT_MS + actions.DIGIT_GAP_MS) / 1000
"""PlayDTMF holds the whole AMI session while its key sounds: a server has one keypad."""

log = get_logger()


class AmiLink:
    """The link to one server; `run()` keeps it.

    `sink` takes an event at once or raises asyncio.QueueFull: then the link is dropped, loudly, and its resync makes
    good what was lost. `trunks` maps trunk endpoints to trunk names. `chance` spreads the reconnects of many links.
    """

    def __init__(
        self,
        *,
        name: ServerName,
        host: str,
        port: int,
        username: str,
        secret: str,
        clock: Clock,
        sink: Callable[[Event], None],
        chance: Random,
        trunks: Mapping[str, TrunkName] | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.name = name
        self.why_down = "not connected yet"
        self._clock = clock
        self._sink = sink
        self._translator = Translator({})
        self._name_trunks(trunks or {})
        self._told_down = ""
        self._knows_lines = True
        self._keypad_free_at = 0.0
        self._admissions = Admissions()
        connector = partial(HardenedManager, host, port, username, secret)
        self._keeper = Keeper(connector, self, clock, chance, patience or Patience())

    @property
    def up(self) -> bool:
        """Logged in and resynchronised: effects are taken."""
        return self._keeper.up

    async def run(self) -> None:
        """Connect, and reconnect for ever; ends only by being cancelled."""
        await self._keeper.run()

    def watch_trunks(self, trunks: Mapping[str, TrunkName]) -> None:
        """After a reload: these endpoints are trunks, by these names."""
        self._name_trunks(trunks)
        self._keeper.resync()

    def resync(self) -> None:
        """Report `ServerUp` once more, from a fresh `Status`; effects are taken all the while."""
        self._keeper.resync()

    # ---- effects

    def originate(self, effect: Originate, endpoint: str) -> None:
        """Dial the customer over the trunk's endpoint. OriginateRefused where Asterisk said no or nothing was sent.

        An attempt that was sent before is not sent again, whoever asks: that is a bug, and is logged as one.
        """
        channel = attempt_channel(effect.attempt)
        if self._translator.knows(channel):
            log.error(LogEvent.BUG, where="originate", attempt=effect.attempt, reason="sent before")
            return
        refused = partial(self._originate_refused, effect.attempt)
        try:
            answer = self._send(actions.originate(effect, endpoint))
        except (NotConnected, UnsafeAction) as error:
            refused(str(error))
            return
        self._translator.expect(channel)
        answer.add_done_callback(partial(_if_refused, refused))

    def connect(self, effect: Connect) -> None:
        """Move the answered customer to the agent. Bridged or BridgeFailed follows, or HungUp where he has left."""
        for action in actions.connect(effect):
            self._send_known(action)

    def line(self, effect: LineEffect) -> None:
        """Hold, consultation, conference, transfer, digits, mute: what comes of it arrives as events."""
        if isinstance(effect, SendDigits):
            self._press(actions.line(effect))
            return
        for action in actions.line(effect):
            self._send_known(action, partial(self._muted, effect) if isinstance(effect, Mute) else None)

    def _press(self, keys: Sequence[Action]) -> None:
        """One key after another, with silence between: whatever else is sent meanwhile waits for one key at most."""
        now = asyncio.get_running_loop().time()
        for key in keys:
            at = max(now, self._keypad_free_at)
            self._keypad_free_at = at + KEY_S
            if at > now:
                self._later(at - now, self._send_known, key)
            else:
                self._send_known(key)

    def spy(self, effect: SpyEffect) -> None:
        """A supervisor's phone on an agent's line: SpyOn follows, or SpyGone."""
        if isinstance(effect, DropSpy):
            self._end(effect.spy)
        elif isinstance(effect, CallSpy):
            self._call(effect.spy, partial(actions.spy, effect))
        else:
            self._send_known(actions.spy(effect))

    def hang_up(self, effect: HangUp) -> None:
        """End the customer's channel; HungUp follows."""
        self._end(attempt_channel(effect.attempt))

    def call_agent(self, effect: CallAgent) -> None:
        """Ring the agent's phone. AgentHeld follows, or AgentLegDown."""
        self._call(effect.leg, partial(actions.call_agent, effect))

    def _call(self, channel: str, action: Callable[[], Action]) -> None:
        """Ring a phone of ours; its end is told where it never rings."""
        never_was = partial(self._never_was, channel)
        self._translator.expect(channel)
        try:
            answer = self._send(action())
        except (NotConnected, UnsafeAction) as error:
            never_was(str(error))
            return
        answer.add_done_callback(partial(_if_refused, never_was))

    def drop_agent(self, effect: DropAgent) -> None:
        """End the agent's leg; AgentLegDown follows."""
        self._end(effect.leg)

    async def admit_phone(self, endpoint: str, digest: str) -> None:
        """Let the phone in a browser register with the secret of this digest, and with no earlier one.

        AmiError, NotAdmitted or TimeoutError: it was not, or nobody knows.
        """
        action = admission(endpoint, digest)
        async with timeout(QUESTION_LIMIT_S):
            await self._admissions.done(action, self._send(action))

    async def getvar(self, name: str) -> str:
        """A global variable of the dialplan, "" where it is not set. AmiError or TimeoutError: no answer."""
        return await self._ask(actions.getvar(name))

    # ---- what the keeper tells

    def came_up(self, booted_at: Instant, statuses: Sequence[Headers]) -> None:
        at, channels = self._clock.now(), living(statuses)
        calls, legs = live_calls(channels), live_legs(channels)
        spies = live_spies(channels)
        since = self._translator.adopt(channels, at)
        self._told_down = self.why_down = ""
        log.info(LogEvent.AMI_UP, server=self.name, calls=len(calls), legs=len(legs))
        self._tell(ServerUp(at=at, server=self.name, booted_at=booted_at, calls=calls, legs=legs, spies=spies), *since)

    def message(self, headers: Headers) -> None:
        if self._admissions.heard(headers):
            return
        self._tell(*self._translator.read(headers, self._clock.now()))
        if headers["Event"] == "OriginateResponse" and headers.get("Response") == "Failure":
            channel = headers.get("ActionID", "")
            if leg_agent(channel) is not None or spy_of(channel) is not None:
                self._later(LEG_HANGUP_LIMIT_S, self._never_was, channel, "the phone cannot be called")

    async def settled_in(self) -> None:
        """Ask whether the trunks' contacts are reachable; later changes come as events."""
        for endpoint in list(self._translator.trunks):
            try:
                status = await self._contact_status(endpoint)
            except UnsafeAction as error:  # names that Asterisk gave us and we would not write
                log.warning(LogEvent.AMI_REFUSED, server=self.name, trunk=endpoint, reason=str(error))
                continue
            self._tell(*self._translator.trunk_seen(endpoint, status, self._clock.now()))
        await self._look_at_dialplan()

    async def _look_at_dialplan(self) -> None:
        knows = await self._ask(actions.place_question(TAKE_CONTEXT, "1001")) != "0"
        if knows == self._knows_lines:
            return
        self._knows_lines = knows
        if not knows:
            log.warning(LogEvent.AMI_REFUSED, server=self.name, reason="an older dialplan: no hold, no consultation")
        self._tell(DialplanSeen(at=self._clock.now(), server=self.name, knows_lines=knows))

    async def went_down(self, reason: str) -> None:
        """Report the loss, each reason once; waits while the queue is full, because nothing may come before it."""
        self.why_down = reason
        self._translator.clear()
        if reason == self._told_down:
            return
        log.warning(LogEvent.AMI_DOWN, server=self.name, reason=reason)
        down = ServerDown(at=self._clock.now(), server=self.name, reason=reason)
        while not self._offer(down):  # noqa: ASYNC110 - a full queue has no event to wait for
            await asyncio.sleep(FULL_QUEUE_REST_S)  # noqa: TID251 - as above
        self._told_down = reason

    # ---- to Asterisk

    def _name_trunks(self, trunks: Mapping[str, TrunkName]) -> None:
        for endpoint in trunks:
            actions.trunk_question("PJSIP_ENDPOINT", endpoint, "aors")  # refuses a name that is unfit to be asked for
        self._translator.trunks = dict(trunks)

    def _send(self, action: Action) -> "asyncio.Future[Answer]":
        if not self.up:
            raise NotConnected(f"{self.name} is away: {self.why_down or 'the link was lost just now'}")
        return self._keeper.manager.send_action(action)

    def _send_known(self, action: Action, done: Callable[[], None] | None = None) -> None:
        """Send an action about a channel that lives; while the link is down the resync will tell instead."""
        try:
            answer = self._send(action)
        except NotConnected:
            return
        answer.add_done_callback(partial(_if_refused, partial(self._log_refused, action["Action"])))
        if done is not None:
            answer.add_done_callback(partial(_if_done, done))

    def _muted(self, effect: Mute) -> None:
        self._tell(MuteSet(at=self._clock.now(), agent=effect.agent, leg=effect.leg, muted=effect.muted))

    def _end(self, channel: str, again_s: Sequence[float] = END_AGAIN_S) -> None:
        try:
            answer = self._send(actions.end_channel(channel))
        except NotConnected:
            return
        answer.add_done_callback(partial(_if_refused, partial(self._not_ended, channel, again_s)))

    def _not_ended(self, channel: str, again_s: Sequence[float], reason: str) -> None:
        """No such channel: not yet, or not any more. Ask again; in the end take Asterisk's word for it."""
        if not self._translator.is_alive(channel):
            return
        if again_s:
            self._later(again_s[0], self._end, channel, again_s[1:])
        else:
            self._never_was(channel, reason)

    async def _ask(self, action: Action) -> str:
        async with timeout(QUESTION_LIMIT_S):
            answer = await self._send(action)
        return str(answer.value) if answer.success else ""

    async def _contact_status(self, endpoint: str) -> str:
        """What Asterisk says of the endpoint's first contact; "" where it has none."""
        aors = await self._ask(actions.trunk_question("PJSIP_ENDPOINT", endpoint, "aors"))
        if not aors:
            return ""
        contacts = await self._ask(actions.trunk_question("PJSIP_AOR", aors.split(",")[0], "contact"))
        if not contacts:
            return ""
        return await self._ask(actions.trunk_question("PJSIP_CONTACT", contacts.split(",")[0], "status"))

    # ---- to the engine

    def _originate_refused(self, attempt: AttemptId, reason: str) -> None:
        self._translator.forget(attempt_channel(attempt))
        self._tell(OriginateRefused(at=self._clock.now(), attempt=attempt, reason=reason))

    def _never_was(self, channel: str, reason: str) -> None:
        """Asterisk knows no such channel: its end is told, unless it was already."""
        if self._translator.is_alive(channel):
            log.info(LogEvent.AMI_REFUSED, server=self.name, channel=channel, reason=reason)
            self._tell(*self._translator.gone(channel, self._clock.now()))

    def _log_refused(self, action: str, reason: str) -> None:
        log.warning(LogEvent.AMI_REFUSED, server=self.name, action=action, reason=reason)

    def _tell(self, *events: Event) -> None:
        for event in events:
            if not self._offer(event):
                log.error(LogEvent.AMI_DROPPED, server=self.name, reason="the engine's queue is full")
                self._keeper.manager.lose("the engine's queue is full")
                return

    def _offer(self, event: Event) -> bool:
        try:
            self._sink(event)
        except QueueFull:
            return False
        return True

    def _later(self, after_s: float, then: Callable[..., None], *args: object) -> None:
        asyncio.get_running_loop().call_later(after_s, then, *args)


def _if_done(then: Callable[[], None], done: "asyncio.Future[Answer]") -> None:
    """Call `then` where Asterisk has done it."""
    if not done.cancelled() and done.exception() is None and done.result().success:
        then()


def _if_refused(then: Callable[[str], None], done: "asyncio.Future[Answer]") -> None:
    """Call `then` with Asterisk's words where it said no. A lost link says nothing: the resync will."""
    if done.cancelled() or isinstance(done.exception(), AmiError) or done.result().success:
        return
    then(str(done.result().message))
