"""The dialer's real link to the real switch, and one attempt's facts as the Floor would gather them."""

import asyncio
from dataclasses import dataclass, field
from itertools import count
from random import Random

from dialer.ami.link import AmiLink
from dialer.clock import Clock
from dialer.core.effects import CallAgent, Connect, HangUp, Originate
from dialer.core.events import (
    AgentHeld,
    Answered,
    Bridged,
    CallEvent,
    Event,
    HungUp,
    LegEvent,
    Progress,
    Ringing,
    ServerUp,
    TrunkSeen,
)
from dialer.core.ids import AgentId, AttemptId, Leg, ServerName, TrunkName, agent_leg
from dialer.core.outcome import Clearing
from sim.sip.watch import Watch
from tests.conftest import Switch

SERVER = ServerName("pbx")
_attempts = count(1)


@dataclass
class Attempt:
    """What was told of one attempt, in order."""

    id: AttemptId
    events: list[Event] = field(default_factory=list)
    cancelled: bool = False

    def saw(self, *kinds: type[Event]) -> bool:
        return any(isinstance(event, kinds) for event in self.events)

    @property
    def clearing(self) -> Clearing | None:
        """How it ended; None while it goes on."""
        ended = next((event for event in self.events if isinstance(event, HungUp)), None)
        return ended and Clearing(
            cause=ended.cause,
            tech_cause=ended.tech_cause,
            rang=self.saw(Ringing),
            progress=self.saw(Progress),
            answered=self.saw(Answered),
            cancelled_by_us=self.cancelled,
        )


class Line:
    """`async with Line(switch) as line: attempt = line.dial("916…")`."""

    def __init__(self, switch: Switch, trunks: tuple[str, ...] = ("carrier", "dead"), wait_s: float = 1.0) -> None:
        account = switch.asterisk.settings.manager
        self.wait_s = wait_s
        """How long a customer waits for an agent."""
        self.attempts: dict[AttemptId, Attempt] = {}
        self.events: list[Event] = []
        self._watch = Watch()
        self.link = AmiLink(
            name=SERVER,
            host=account.host,
            port=account.port,
            username="dialer",
            secret=account.secret,
            clock=Clock(),
            sink=self._take,
            chance=Random(1),
            trunks={trunk: TrunkName(trunk) for trunk in trunks},
        )

    async def __aenter__(self) -> "Line":
        self._running = asyncio.ensure_future(self.link.run())
        await self.until(lambda: any(isinstance(event, ServerUp) for event in self.events))
        await self.until(lambda: self.reachable("carrier") and self.reachable("dead") is False)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._running.cancel()
        await asyncio.wait([self._running])

    async def until(self, condition, within_s: float = 60.0):
        return await self._watch.until(condition, within_s)

    def reachable(self, trunk: str) -> bool | None:
        """What the switch said last of this trunk."""
        seen = [event.reachable for event in self.events if isinstance(event, TrunkSeen) and event.trunk == trunk]
        return seen[-1] if seen else None

    def dial(
        self,
        number: str,
        *,
        trunk: str = "carrier",
        caller: str | None = "4951234567",
        ring_s: float = 10.0,
        wait_s: float | None = None,
    ) -> Attempt:
        attempt = Attempt(AttemptId(f"01890000-0000-7000-9000-{next(_attempts):012d}"))
        self.attempts[attempt.id] = attempt
        effect = Originate(
            attempt=attempt.id,
            server=SERVER,
            trunk=TrunkName(trunk),
            number=number,
            caller=caller,
            ring_s=ring_s,
            answer_limit_s=self.wait_s if wait_s is None else wait_s,
        )
        self.link.originate(effect, trunk)
        return attempt

    def hang_up(self, attempt: Attempt) -> None:
        attempt.cancelled = True
        self.link.hang_up(HangUp(attempt=attempt.id, server=SERVER))

    async def nail_up(self, agent: str) -> Leg:
        """Call the agent's phone and wait until it is held."""
        leg = agent_leg(AgentId(int(agent)), f"line{next(_attempts)}")
        self.link.call_agent(CallAgent(agent=AgentId(int(agent)), server=SERVER, endpoint=agent, leg=leg))
        await self.held(leg)
        return leg

    async def held(self, leg: Leg, times: int = 1) -> None:
        """The leg has come (back) into hold so many times."""
        await self.until(lambda: self.told_of(leg, AgentHeld) >= times)

    def told_of(self, leg: Leg, kind: type[LegEvent]) -> int:
        return sum(isinstance(event, kind) and event.leg == leg for event in self.events)

    def connect(self, attempt: Attempt, agent: str, *, per_call: bool = False) -> None:
        self.link.connect(
            Connect(attempt=attempt.id, server=SERVER, agent=AgentId(int(agent)), endpoint=agent, per_call=per_call)
        )

    async def joined(self, attempt: Attempt, agent: str) -> None:
        """Dial has been answered: join it to the agent, and wait until both are in one bridge."""
        await self.until(lambda: attempt.saw(Answered))
        self.connect(attempt, agent)
        await self.until(lambda: attempt.saw(Bridged))

    async def ended(self, attempt: Attempt) -> Clearing:
        """How it ended."""
        await self.until(lambda: attempt.clearing)
        assert attempt.clearing is not None
        return attempt.clearing

    def _take(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, CallEvent) and event.attempt in self.attempts:
            self.attempts[event.attempt].events.append(event)
        self._watch.changed()
