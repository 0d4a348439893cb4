"""The campaign machine, and the record of a running campaign.

Only `running` starts calls. `stopping` waits for the calls in flight; `done` follows by itself when no lead is left.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING

from dialer.core.ids import CampaignId, Instant, ServerName
from dialer.core.ledger import Ledger
from dialer.core.settings import CampaignSettings
from dialer.core.states import CampaignState
from dialer.core.table import Rule, Table
from dialer.core.trunks import Rate
from dialer.core.wishes import CampaignCommand
from strategies.base import Decision, Limit, Strategy

if TYPE_CHECKING:
    from dialer.core.memory import Memory
    from dialer.core.reach import Forecast


class CampaignAct(StrEnum):
    WAKE = "wake"
    """Ask for leads again."""


class Start:
    """Commands and steps, as the table's events."""


class Pause:
    pass


class Resume:
    pass


class Stop:
    pass


class Emptied:
    """No lead is left that may still be called, and no call is live."""


class Drained:
    """No call is live."""


COMMANDS: dict[CampaignCommand, type] = {
    CampaignCommand.START: Start,
    CampaignCommand.PAUSE: Pause,
    CampaignCommand.RESUME: Resume,
    CampaignCommand.STOP: Stop,
}

_S, _A = CampaignState, CampaignAct
_Rule = Rule[CampaignState, CampaignAct]

CAMPAIGN: Table[CampaignState, CampaignAct] = Table(
    "campaign",
    {
        (_S.DRAFT, Start): _Rule(_S.RUNNING, (_A.WAKE,)),
        (_S.STOPPED, Start): _Rule(_S.RUNNING, (_A.WAKE,)),
        (_S.DONE, Start): _Rule(_S.RUNNING, (_A.WAKE,)),
        (_S.PAUSED, Start): _Rule(_S.RUNNING, (_A.WAKE,)),
        (_S.RUNNING, Start): _Rule(_S.RUNNING, (_A.WAKE,)),
        (_S.STOPPING, Start): _Rule(_S.RUNNING, (_A.WAKE,)),
        (_S.RUNNING, Pause): _Rule(_S.PAUSED),
        (_S.PAUSED, Pause): _Rule(_S.PAUSED),
        (_S.PAUSED, Resume): _Rule(_S.RUNNING, (_A.WAKE,)),
        (_S.RUNNING, Resume): _Rule(_S.RUNNING),
        (_S.RUNNING, Stop): _Rule(_S.STOPPING),
        (_S.PAUSED, Stop): _Rule(_S.STOPPING),
        (_S.STOPPING, Stop): _Rule(_S.STOPPING),
        (_S.DRAFT, Stop): _Rule(_S.STOPPED),
        (_S.STOPPED, Stop): _Rule(_S.STOPPED),
        (_S.DONE, Stop): _Rule(_S.STOPPED),
        (_S.RUNNING, Emptied): _Rule(_S.DONE),
        (_S.STOPPING, Drained): _Rule(_S.STOPPED),
    },
)


@dataclass(slots=True)
class Campaign:
    """The record beside the machine: pacing's memory, leads on their way, what is known of the list."""

    settings: CampaignSettings
    state: CampaignState
    ledger: Ledger
    strategies: dict[ServerName, Strategy] = field(default_factory=dict)
    memories: "dict[ServerName, Memory]" = field(default_factory=dict)
    """What its strategies had learned before the start, until each is made."""
    forecast: "Forecast | None" = None
    """Who will answer, once it was asked for."""
    decisions: dict[ServerName, Decision] = field(default_factory=dict)
    noted: dict[ServerName, tuple[Instant, Limit, int]] = field(default_factory=dict)
    """The last decision that was told: when, what clipped it, what was wished."""
    asked: dict[ServerName, int] = field(default_factory=dict)
    """Leads asked of the books and not yet answered."""
    claims: dict[ServerName, list[Instant]] = field(default_factory=dict)
    """When each claim was decided that the books have not answered yet; the oldest first."""
    dry_until: Instant = 0.0
    unfinished: int | None = None
    clock: dict[ServerName, float] = field(default_factory=dict)
    """Calls started, divided by weight: the campaign with the least is served first (`core.sharing`)."""
    wants_since: dict[ServerName, Instant] = field(default_factory=dict)
    """Where it may want calls beside other campaigns: since when it has got none."""
    declines: set[ServerName] = field(default_factory=set)
    """Where its strategy wishes for nothing by itself."""
    starts: Rate = field(default_factory=lambda: Rate(0.0))
    """Its own lately, counted while it has a limit of its own: see `limit`."""
    live_calls: int = 0
    """Previews and wrap-ups too."""
    lines_used: int = 0
    """By its calls, and asked for: what the trunks count, this campaign's part."""
    outcomes: dict[str, int] = field(default_factory=dict)
    joined: int = 0
    """Calls that were joined to an agent."""

    @property
    def id(self) -> CampaignId:
        return self.settings.id

    @property
    def limit(self) -> Rate | None:
        """Its own calls per second; None where only trunks and servers limit it."""
        if self.settings.calls_per_second is None:
            return None
        self.starts.per_second = self.settings.calls_per_second
        return self.starts

    def ask(self, server: ServerName, count: int, at: Instant) -> None:
        """So many leads are asked of the books now."""
        self.asked[server] = self.asked.get(server, 0) + count
        self.claims.setdefault(server, []).append(at)

    def told(self, server: ServerName, count: int, asked_at: Instant | None) -> None:
        """The books have answered the claim of that moment (None: the oldest), of so many leads; 0: it was a probe."""
        self.asked[server] = max(0, self.asked.get(server, 0) - count)
        claims = self.claims.get(server)
        if count and claims:
            del claims[claims.index(asked_at) if asked_at in claims else 0]

    def oldest_claim_at(self, server: ServerName) -> Instant:
        """When the oldest claim without an answer was decided; infinity where there is none."""
        return next(iter(self.claims.get(server, ())), inf)

    @property
    def asking(self) -> int:
        return sum(self.asked.values())
