"""A real Asterisk with our own configuration, a carrier and agents' phones; a plain AMI client in the middle."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest_asyncio

from sim.sip.carrier import Carrier
from sim.sip.phones import Phones
from tests.asterisk.manager import Manager
from tests.conftest import AGENTS, Switch

GIVEN_UP_S = 3.0
"""The template's qualify_timeout: what Asterisk has asked is answered by then, or the trunk is thought dead."""
REPEATED_S = 1.0
"""Who is away for less misses no OPTIONS: Asterisk repeats them after 0.5 and 1.5 s."""

PATIENT_MS = 30_000
"""So long a customer waits for an agent where the limit is not what is tested: a machine may pause for seconds."""

_attempts = itertools.count(1)
_left_at: dict[tuple[str, int], float] = {}
"""When the last carrier left its address."""


@dataclass
class Switchboard:
    """What the dialer would do with the switch, one action at a time."""

    manager: Manager
    legs: list[str] = field(default_factory=list)

    async def dial(
        self, number: str, *, wait_ms: int = PATIENT_MS, trunk: str = "carrier", ring_ms: int = 10_000
    ) -> str:
        """Originate as the dialer does; the channel's id."""
        channel = f"dlr-01890000-0000-7000-8000-{next(_attempts):012d}"
        answer = await self.manager.ask(
            Action="Originate",
            Channel=f"PJSIP/{number}@{trunk}",
            ChannelId=channel,
            ActionID=channel,
            Context="dlr-answered",
            Exten="s",
            Priority="1",
            Async="true",
            Timeout=str(ring_ms),
            Variable=f"DLR_WAIT_MS={wait_ms}",
        )
        assert answer["Response"] == "Success"
        return channel

    async def nail_up(self, agent: str) -> str:
        """The agent's leg, in hold."""
        leg = f"dlr-a{agent}-{next(_attempts)}"
        self.legs.append(leg)
        answer = await self.manager.ask(
            Action="Originate",
            Channel=f"PJSIP/{agent}",
            ChannelId=leg,
            ActionID=leg,
            Context="dlr-agent",
            Exten="login",
            Priority="1",
            Async="true",
            Timeout="10000",
            Variable=f"DLR_AGENT={agent}",
        )
        assert answer["Response"] == "Success"
        await self.held(leg)
        return leg

    async def held(self, leg: str, times: int = 1) -> None:
        """The leg has entered its holding bridge so many times."""

        def entered(event: object) -> bool:
            return len([e for e in self._entered(leg) if e["BridgeTechnology"] == "holding_bridge"]) >= times

        await self.manager.event("BridgeEnter", entered)

    async def connect(self, channel: str, agent: str, context: str = "dlr-connect") -> None:
        answer = await self.manager.ask(Action="Redirect", Channel=channel, Context=context, Exten=agent, Priority="1")
        assert answer["Response"] == "Success"

    async def joined(self, channel: str) -> str:
        """The bridge that the customer has entered."""
        return (await self.manager.event("BridgeEnter", lambda e: e["Uniqueid"] == channel))["BridgeUniqueid"]

    async def said(self, name: str, channel: str) -> dict[str, str]:
        """Our dialplan's own event about this channel."""
        return dict(await self.manager.event(name, lambda e: e["Uniqueid"] == channel))

    async def ended(self, channel: str) -> dict[str, str]:
        return dict(await self.manager.event("Hangup", lambda e: e["Uniqueid"] == channel))

    def _entered(self, channel: str) -> list[dict[str, str]]:
        return [dict(e) for e in self.manager.named("BridgeEnter") if e["Uniqueid"] == channel]


@pytest_asyncio.fixture
async def manager(switch: Switch) -> AsyncIterator[Manager]:
    """The dialer's AMI user."""
    account = switch.asterisk.settings.manager
    async with Manager(account.host, account.port, "dialer", account.secret) as opened:
        yield opened


@pytest_asyncio.fixture
async def carrier(switch: Switch, manager: Manager) -> AsyncIterator[Carrier]:
    """Everybody whom the trunk `carrier` reaches, once Asterisk knows that it does; answers unless told otherwise."""
    async with known_carrier(switch, manager) as opened:
        yield opened


@asynccontextmanager
async def known_carrier(switch: Switch, manager: Manager) -> AsyncIterator[Carrier]:
    """A carrier behind the trunk `carrier`, known to live and to stay so.

    OPTIONS that nobody heard before it came are given up after it has answered others: the trunk is then dead once
    more, for up to a second, and no call is placed through it. That is waited for first.
    """
    time = asyncio.get_running_loop().time
    away_s = time() - _left_at.get(switch.carrier, 0.0)
    async with Carrier(bind=switch.carrier) as opened:
        if away_s > REPEATED_S:
            await asyncio.sleep(GIVEN_UP_S)
        await trunk_is(manager, "carrier", "Reachable")
        try:
            yield opened
        finally:
            _left_at[switch.carrier] = time()


async def trunk_is(manager: Manager, trunk: str, status: str) -> None:
    """Wait until Asterisk's own OPTIONS have found the trunk so; it dials none that it thinks dead."""
    contact = (await manager.ask(Action="Getvar", Variable=f"PJSIP_AOR({trunk},contact)"))["Value"]
    question = {"Action": "Getvar", "Variable": f"PJSIP_CONTACT({contact},status)"}
    async with asyncio.timeout(60):
        while (await manager.ask(**question))["Value"] != status:  # noqa: ASYNC110 - Asterisk can only be asked
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def phones(switch: Switch) -> AsyncIterator[Phones]:
    """Every agent's phone."""
    async with Phones(AGENTS, bind=switch.phones) as opened:
        yield opened


@pytest_asyncio.fixture
async def switchboard(manager: Manager, carrier: Carrier, phones: Phones) -> AsyncIterator[Switchboard]:
    """The dialer's part, played by hand; every channel is gone at the end."""
    opened = Switchboard(manager)
    yield opened
    for channel in [call["Uniqueid"] for call in await _living(manager)]:
        await manager.ask(Action="Hangup", Channel=channel, Cause="16")
        if channel.startswith("dlr-"):  # the end of any other is not shown
            await opened.ended(channel)


async def _living(manager: Manager) -> list[dict[str, str]]:
    answer = await manager.ask(Action="Status", ActionID=f"status-{next(_attempts)}")
    done = await manager.event("StatusComplete", lambda e: e["ActionID"] == answer["ActionID"])
    mine = [e for e in manager.named("Status") if e["ActionID"] == done["ActionID"]]
    return [dict(e) for e in mine]
