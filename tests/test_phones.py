"""Passes of phones in browsers: one at a time for a phone, ended by the sign-out, and TURN passwords with a term."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from dialer.ami.client import NotConnected
from dialer.ami.link import AmiLink
from dialer.ami.phone import digest_of
from dialer.api.phone_ports import PhoneRefused
from dialer.clock import Clock
from dialer.config import Asterisk, Config, Database, PhoneSection
from dialer.core.agent import Agent
from dialer.core.effects import BookAgentState
from dialer.core.ids import AgentId, Leg, ServerName
from dialer.core.settings import AgentSession, Phone
from dialer.core.states import AgentState
from dialer.phones import Phones, turn_password

ANNA, BORIS = AgentId(1001), AgentId(1002)
WEB = Phone(ServerName("pbx"), "1001-web", browser=True)
URL = "wss://dialer.example/phone"
KEY = "north-of-the-wall"


@dataclass
class Told:
    """A link that takes every digest, or refuses."""

    digests: list[tuple[str, str]] = field(default_factory=list)
    away: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def admit_phone(self, endpoint: str, digest: str) -> None:
        if self.away:
            raise NotConnected("pbx is away")
        self.digests.append((endpoint, digest))
        self.news.set()


def phones(told: Told, agents: Sequence[Agent] = (), phone_url: str | None = URL, **ice: Any) -> Phones:
    server = Asterisk(name="pbx", secret="s" * 12, phone_url=phone_url)
    config = Config(database=Database(dsn="postgresql://x/y"), asterisk=(server,), phone=PhoneSection(**ice))
    return Phones(config, {ServerName("pbx"): cast(AmiLink, told)}, lambda: agents, Clock())


def state(agent: AgentId, state: AgentState) -> BookAgentState:
    return BookAgentState(agent=agent, state=state, since=0.0)


async def test_asterisk_gets_the_digest_and_the_page_the_secret() -> None:
    told = Told()
    made = await phones(told).admit(ANNA, WEB)
    assert told.digests == [("1001-web", digest_of("1001-web", made.secret))]
    assert (made.url, made.endpoint, made.ice_servers) == (URL, "1001-web", ())
    assert made.secret not in repr(made)


async def test_the_sign_out_ends_the_pass_and_nothing_else_does() -> None:
    told = Told()
    one = phones(told)
    tell = one.performers()[BookAgentState]
    made = await one.admit(ANNA, WEB)
    tell(state(ANNA, AgentState.PAUSED))
    tell(state(BORIS, AgentState.OFFLINE))
    told.news.clear()
    tell(state(ANNA, AgentState.OFFLINE))
    await asyncio.wait_for(told.news.wait(), 60)
    assert [endpoint for endpoint, _ in told.digests] == ["1001-web"] * 2
    assert told.digests[-1][1] != digest_of("1001-web", made.secret)


async def test_a_pass_that_another_agent_has_now_is_not_ended_by_the_first() -> None:
    told = Told()
    one = phones(told)
    await one.admit(ANNA, WEB)
    await one.admit(BORIS, WEB)
    one.performers()[BookAgentState](state(ANNA, AgentState.OFFLINE))
    await asyncio.sleep(0)
    assert len(told.digests) == 2


async def test_no_pass_without_an_address_or_while_asterisk_is_away() -> None:
    with pytest.raises(PhoneRefused, match="no address for browsers"):
        await phones(Told(), phone_url=None).admit(ANNA, WEB)
    with pytest.raises(PhoneRefused, match="takes no secret"):
        await phones(Told(away=True)).admit(ANNA, WEB)


def test_who_is_where() -> None:
    session = AgentSession(ANNA, Phone(ServerName("pbx"), "1001-web"), frozenset(), Leg("dlr-a1001-x"))
    one = phones(Told(), [Agent(session, session.leg)])
    assert (one.holder(WEB), one.at(ANNA), one.at(BORIS)) == (ANNA, session.phone, None)


async def test_turn_passwords_are_the_server_s_arithmetic_and_end() -> None:
    """The known answer is OpenSSL's: `printf 1700000000:1001 | openssl dgst -binary -sha1 -hmac KEY | base64`."""
    assert turn_password(KEY, "1700000000:1001") == "XJvaxeaj5vbvQkqIPBXKGN2caJc="
    ice = {"stun": ("stun:stun.example:3478",), "turn": ("turn:turn.example:3478?transport=udp",), "key": KEY}
    made = await phones(Told(), **ice).admit(ANNA, WEB)
    stun, turn = made.ice_servers
    assert (stun.urls, stun.credential) == (("stun:stun.example:3478",), None)
    assert turn.username == f"{int(made.expires_at)}:1001"
    assert turn.credential == turn_password(KEY, turn.username)
