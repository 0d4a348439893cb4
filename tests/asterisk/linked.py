"""The dialer's own link to a real Asterisk, through the proxy that can break it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from random import Random

from dialer.ami.keeper import Patience
from dialer.ami.link import AmiLink
from dialer.clock import Clock
from dialer.core.effects import CallAgent, Connect, DropAgent, HangUp, Originate
from dialer.core.events import AgentHeld, AgentLegDown, Answered, Bridged, Event, HungUp, ServerUp, TrunkSeen
from dialer.core.ids import AgentId, AttemptId, Leg, ServerName, TrunkName, agent_leg
from sim.amiproxy import AmiProxy, Spy
from tests.ami.ear import Ear, running
from tests.conftest import Switch

SERVER = ServerName("pbx")
_numbers = count(1)

PATIENT_S = 30.0
"""So long a customer waits for an agent where the limit is not what is tested: a machine may pause for seconds."""


@dataclass
class Linked:
    """A link with effects by short names; `ear` hears what comes of them."""

    link: AmiLink
    ear: Ear

    def dial(self, number: str, trunk: str = "carrier", ring_s: float = 10.0, wait_s: float = PATIENT_S) -> AttemptId:
        attempt = AttemptId(f"01890000-0000-7000-a000-{next(_numbers):012d}")
        effect = Originate(
            attempt=attempt,
            server=SERVER,
            trunk=TrunkName(trunk),
            number=number,
            caller=None,
            ring_s=ring_s,
            answer_limit_s=wait_s,
        )
        self.link.originate(effect, trunk)
        return attempt

    async def answered(self, number: str, wait_s: float = PATIENT_S) -> AttemptId:
        """A customer on the line whom nobody has taken yet."""
        attempt = self.dial(number, wait_s=wait_s)
        await self.ear.until(lambda: self.told(attempt, Answered))
        return attempt

    def call_agent(self, agent: str, endpoint: str | None = None) -> Leg:
        leg = agent_leg(AgentId(int(agent)), str(next(_numbers)))
        self.link.call_agent(CallAgent(agent=AgentId(int(agent)), server=SERVER, endpoint=endpoint or agent, leg=leg))
        return leg

    async def nailed_up(self, agent: str) -> Leg:
        leg = self.call_agent(agent)
        await self.ear.until(lambda: any(event.leg == leg for event in self.ear.of(AgentHeld)))
        return leg

    def connect(self, attempt: AttemptId, agent: str, *, per_call: bool = False, endpoint: str = "") -> None:
        number = AgentId(int(agent))
        endpoint = endpoint or agent
        self.link.connect(Connect(attempt=attempt, server=SERVER, agent=number, endpoint=endpoint, per_call=per_call))

    async def joined(self, number: str, agent: str, *, per_call: bool = False) -> AttemptId:
        """A customer who talks to this agent."""
        attempt = await self.answered(number)
        self.connect(attempt, agent, per_call=per_call)
        await self.ear.until(lambda: self.told(attempt, Bridged))
        return attempt

    def hang_up(self, attempt: AttemptId) -> None:
        self.link.hang_up(HangUp(attempt=attempt, server=SERVER))

    def drop(self, agent: str, leg: Leg) -> None:
        self.link.drop_agent(DropAgent(agent=AgentId(int(agent)), server=SERVER, leg=leg))

    def told(self, attempt: AttemptId, kind: type[Event]) -> list[Event]:
        return [event for event in self.ear.of(kind) if getattr(event, "attempt", None) == attempt]

    async def hears_of(self, attempt: AttemptId, kind: type[Event]) -> None:
        await self.ear.until(lambda: self.told(attempt, kind))

    def story(self, attempt: AttemptId) -> list[str]:
        """What was told of this attempt, by name, in order."""
        return [type(event).__name__ for event in self.ear.heard if getattr(event, "attempt", None) == attempt]

    def found(self, attempt: AttemptId) -> bool:
        """A resync has listed it."""
        return any(call.attempt == attempt for event in self.ear.of(ServerUp) for call in event.calls)


@dataclass
class Proxied(Linked):
    """The same through a proxy that can break it."""

    proxy: AmiProxy
    clock: Clock

    async def clear(self) -> None:
        """End whatever lives, as a resync shows it."""
        self.proxy.thaw()
        await self.ear.until(lambda: self.link.up)
        self.ear.heard.clear()
        self.link.resync()
        seen = await self.ear.hears(ServerUp)
        for call in seen.calls:
            self.hang_up(call.attempt)
        for leg in seen.legs:
            self.drop(str(leg.agent), leg.leg)
        await self.ear.until(lambda: len(self.ear.of(HungUp)) >= len(seen.calls))
        await self.ear.until(lambda: len(self.ear.of(AgentLegDown)) >= len(seen.legs))


@asynccontextmanager
async def linked(switch: Switch, *, spy: Spy | None = None, patience: Patience | None = None) -> AsyncIterator[Proxied]:
    """A link that is up, its trunks known; every channel of ours is gone at the end."""
    account, ear = switch.asterisk.settings.manager, Ear()
    async with AmiProxy(account.host, account.port, Random(5), spy) as proxy:
        clock = Clock()
        link = link_to(proxy.port, account.secret, ear, patience, clock)
        async with running(link):
            opened = Proxied(link, ear, proxy, clock)
            await ear.hears(ServerUp)
            await ear.until(lambda: any(e.trunk == "carrier" and e.reachable for e in ear.of(TrunkSeen)))
            yield opened
            await opened.clear()


def link_to(port: int, secret: str, ear: Ear, patience: Patience | None = None, clock: Clock | None = None) -> AmiLink:
    return AmiLink(
        name=SERVER,
        host="127.0.0.1",
        port=port,
        username="dialer",
        secret=secret,
        clock=clock or Clock(),
        sink=ear,
        chance=Random(1),
        trunks={trunk: TrunkName(trunk) for trunk in ("carrier", "dead")},
        patience=patience,
    )
