"""Phones in agents' browsers: passes to register with.

A pass is a secret made for one phone and one sign-in. Asterisk is told its digest, the page gets the secret, nobody
keeps it. It ends with the agent's sign-out, with the next pass, or after a session's length: its place is then taken by
a digest whose secret nobody was told.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from dialer.ami.client import AmiError
from dialer.ami.codec import UnsafeAction
from dialer.ami.link import AmiLink
from dialer.ami.phone import digest_of
from dialer.api.phone_ports import IceServer, PhonePass, PhoneRefused
from dialer.clock import Clock
from dialer.config import Config
from dialer.core.agent import Agent
from dialer.core.effects import BookAgentState, Effect
from dialer.core.ids import AgentId, ServerName
from dialer.core.settings import Phone
from dialer.core.states import AgentState
from dialer.logs import LogEvent, get_logger

PASS_S = 12 * 3600.0
"""As long as a session (`ApiSettings.session_s`)."""
SECRET_BYTES = 24

Place: TypeAlias = tuple[ServerName, str]

log = get_logger()


@dataclass(frozen=True, slots=True)
class Pass:
    agent: AgentId
    phone: Phone
    timer: asyncio.TimerHandle
    """Ends it."""


class Phones:
    """`agents` are those who are signed in. Settings are those of the daemon's start."""

    def __init__(
        self, config: Config, links: Mapping[ServerName, AmiLink], agents: Callable[[], Iterable[Agent]], clock: Clock
    ) -> None:
        self._urls = {ServerName(one.name): one.phone_url for one in config.asterisk if one.phone_url is not None}
        self._ice = config.phone
        self._links = links
        self._agents = agents
        self._clock = clock
        self._passes: dict[Place, Pass] = {}
        self._turns: defaultdict[Place, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._ending: set[asyncio.Task[None]] = set()

    def performers(self) -> Mapping[type[Effect], Callable[[Any], None]]:
        return {BookAgentState: self._agent_state}

    def addresses(self) -> Sequence[str]:
        return tuple(dict.fromkeys(self._urls.values()))

    def at(self, agent: AgentId) -> Phone | None:
        return next((one.session.phone for one in self._agents() if one.id == agent), None)

    def holder(self, phone: Phone) -> AgentId | None:
        return next((one.id for one in self._agents() if place(one.session.phone) == place(phone)), None)

    async def admit(self, agent: AgentId, phone: Phone) -> PhonePass:
        url = self._urls.get(phone.server)
        if url is None:
            raise PhoneRefused(
                f"The server {phone.server} has no address for browsers.",
                f"Give phone_url in [[asterisk]] {phone.server}, and restart the daemon.",
            )
        secret, now = secrets.token_urlsafe(SECRET_BYTES), self._clock.now()
        await self._tell(phone, digest_of(phone.endpoint, secret))
        self._forget(place(phone))
        timer = asyncio.get_running_loop().call_later(PASS_S, self._end, place(phone))
        self._passes[place(phone)] = Pass(agent, phone, timer)
        return PhonePass(url, phone.endpoint, secret, now + PASS_S, self._ice_servers(agent, now + PASS_S))

    async def _tell(self, phone: Phone, digest: str) -> None:
        link = self._links.get(phone.server)
        if link is None:
            raise PhoneRefused(f"There is no server {phone.server}.", "Give the agent another phone.")
        try:
            async with self._turns[place(phone)]:  # else Asterisk might do the earlier of two last
                await link.admit_phone(phone.endpoint, digest)
        except TimeoutError:
            raise PhoneRefused(f"The server {phone.server} does not answer.", "Try again in a moment.") from None
        except (AmiError, UnsafeAction) as error:
            raise PhoneRefused(
                f"The server {phone.server} takes no secret: {error}.", "Run `dialer asterisk check`."
            ) from error

    # ---- the end of a pass

    def _agent_state(self, effect: BookAgentState) -> None:
        if effect.state is AgentState.OFFLINE:
            for where in [where for where, held in self._passes.items() if held.agent == effect.agent]:
                self._end(where)

    def _end(self, where: Place) -> None:
        held = self._forget(where)
        if held is not None:
            task = asyncio.ensure_future(self._lock(held.phone))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    def _forget(self, where: Place) -> "Pass | None":
        held = self._passes.pop(where, None)
        if held is not None:
            held.timer.cancel()
        return held

    async def _lock(self, phone: Phone) -> None:
        """Nobody knows the secret of this digest."""
        try:
            await self._tell(phone, secrets.token_hex(16))
        except PhoneRefused as refused:
            log.warning(LogEvent.AMI_REFUSED, server=phone.server, phone=phone.endpoint, reason=str(refused))

    # ---- the way through firewalls

    def _ice_servers(self, agent: AgentId, until: float) -> tuple[IceServer, ...]:
        stun = (IceServer(self._ice.stun),) if self._ice.stun else ()
        if not self._ice.turn or self._ice.key is None:
            return stun
        name = f"{int(until)}:{agent}"
        return (*stun, IceServer(self._ice.turn, name, turn_password(self._ice.key, name)))


def place(phone: Phone) -> Place:
    return phone.server, phone.endpoint


def turn_password(key: str, name: str) -> str:
    """What a TURN server expects of `name` = `<expiry>:<user>` (coturn, draft-uberti-behave-turn-rest)."""
    return base64.b64encode(hmac.digest(key.encode(), name.encode(), hashlib.sha1)).decode()
