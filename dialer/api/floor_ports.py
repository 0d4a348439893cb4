"""What the API needs of what is held at this instant: the Floor, the agents' desks, the wallboard. See `ports`."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from dialer.core.card import Edit
from dialer.core.effects import BookDecision
from dialer.core.events import Event
from dialer.core.ids import AgentId, AttemptId, CampaignId, Instant, LeadId, ServerName
from dialer.core.states import AgentState
from dialer.core.view import AgentView


class Room(Protocol):
    """The Floor's queue, and the picture of the floor."""

    def feed(self, event: Event) -> None: ...

    def agents(self) -> Sequence[AgentView]:
        """Who is signed in."""
        ...

    def trunk_endpoints(self) -> Collection[str]: ...

    def servers(self) -> Collection[ServerName]:
        """Those of the configuration."""
        ...


class Box(Protocol):
    """Messages on their way to one socket."""

    async def get(self) -> bytes | None:
        """The next message; None when there will be none."""
        ...


class Desk(Protocol):
    async def join(self, agent: AgentId) -> Box: ...

    def leave(self, agent: AgentId, box: Any) -> None: ...

    def seen(self, agent: AgentId, attempt: AttemptId) -> None: ...

    def hidden(self, agent: AgentId, attempt: AttemptId) -> None:
        """Delivered to a page that nobody looks at."""
        ...

    def withdrawn(self, lead: LeadId) -> None: ...

    async def changed(self, lead: LeadId) -> None:
        """A waiting order is another now: cards that show it beside their own are read again."""
        ...

    def wish(self, agent: AgentId, wanted: AgentState, reason: str = "") -> None:
        """Shown to the agent where it has to wait for the end of a call."""
        ...

    def attempt_of(self, agent: AgentId) -> AttemptId | None:
        """The attempt on the agent's screen."""
        ...

    def previews(self, agent: AgentId) -> bool:
        """Nobody has answered yet what is on the agent's screen: he looks at the lead, or it rings."""
        ...

    def awaits_join(self, agent: AgentId) -> bool:
        """The card is on the screen and he does not hear the customer yet."""
        ...

    def is_guest(self, agent: AgentId) -> bool:
        """He is in another agent's call, as a colleague."""
        ...

    def edited(self, agent: AgentId, edits: Sequence[Edit]) -> None:
        """These edits of the form are kept: every screen of the agent shows them."""
        ...


class Reasons(Protocol):
    """The latest pacing decisions, all of them."""

    def latest(self, campaign: CampaignId, bound: int) -> Sequence[BookDecision]:
        """The newest first."""
        ...

    def in_force(self, campaign: CampaignId, at: Instant) -> Sequence[BookDecision] | None:
        """None where memory does not reach back to this instant."""
        ...


class Board(Protocol):
    def join(self) -> Box: ...

    def leave(self, box: Any) -> None: ...

    def picture(self) -> bytes:
        """The wallboard as it is now, as JSON."""
        ...
