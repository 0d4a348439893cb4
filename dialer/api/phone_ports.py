"""What the API asks of phones in browsers: who lets one in, and where a page finds Asterisk's WebSocket."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dialer.core.ids import AgentId, Instant
from dialer.core.settings import Phone


@dataclass(frozen=True, slots=True)
class IceServer:
    """As browsers want it (`RTCIceServer`)."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PhonePass:
    """What a page registers with. The secret is good until `expires_at`, the sign-out, or the next pass."""

    url: str
    endpoint: str
    secret: str = field(repr=False)
    expires_at: Instant
    ice_servers: tuple[IceServer, ...] = ()


class PhoneRefused(Exception):
    """No pass: the message says why, `cure` what to do."""

    def __init__(self, why: str, cure: str) -> None:
        super().__init__(why)
        self.cure = cure


class BrowserPhones(Protocol):
    def addresses(self) -> Sequence[str]:
        """Every WebSocket address that a page may be sent to."""
        ...

    def at(self, agent: AgentId) -> Phone | None:
        """Where the agent is signed in."""
        ...

    def holder(self, phone: Phone) -> AgentId | None:
        """Who is signed in at this phone."""
        ...

    async def admit(self, agent: AgentId, phone: Phone) -> PhonePass:
        """A new pass; an earlier one of this phone is good no longer. Raises PhoneRefused."""
        ...


class NoBrowserPhones:
    """An installation without any."""

    def addresses(self) -> Sequence[str]:
        return ()

    def at(self, agent: AgentId) -> Phone | None:
        return None

    def holder(self, phone: Phone) -> AgentId | None:
        return None

    async def admit(self, agent: AgentId, phone: Phone) -> PhonePass:
        raise PhoneRefused("There are no phones in browsers here.", "See docs/operating.md, `phone_url`.")
