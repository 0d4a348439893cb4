"""What a campaign is really like, measured in the books: its calls, agents and list. None where nothing is known."""

from dataclasses import dataclass
from datetime import UTC, datetime

from dialer.core.ids import Instant
from dialer.core.settings import CampaignSettings
from dialer.report.campaign import ratio
from dialer.report.kept import SETTINGS
from dialer.report.statements import Conn, statement


@dataclass(frozen=True, slots=True)
class MeasuredCalls:
    """Counts, means and deviations of settled calls; seconds."""

    calls: int
    answered: int
    talks: int
    busy: int
    invalid: int
    congestion: int
    ring_s: float | None
    ring_sd_s: float | None
    talk_s: float | None
    talk_sd_s: float | None
    set_up_low_s: float | None
    """From the originate to ringing: the quickest tenth, and below the slowest."""
    set_up_high_s: float | None
    give_up_low_s: float | None
    """From the originate to the end of a call that nobody answered, likewise."""
    give_up_high_s: float | None

    def of_unanswered(self, count: int) -> float:
        """The share of the calls that nobody answered."""
        return ratio(count, self.calls - self.answered) or 0.0


@dataclass(frozen=True, slots=True)
class MeasuredAgents:
    """Agents of the campaign's groups, in all campaigns."""

    at_work_s: float
    shift_s: float
    days: int
    wrap_s: float | None
    wrap_sd_s: float | None

    @property
    def agents(self) -> float | None:
        """The mean number of agents at work between the first's coming and the last's going."""
        return ratio(self.at_work_s, self.shift_s)

    @property
    def hours(self) -> float | None:
        """The mean length of a day's shift."""
        return ratio(self.shift_s / 3600.0, self.days)


@dataclass(frozen=True, slots=True)
class Measured:
    settings: CampaignSettings
    calls: MeasuredCalls
    agents: MeasuredAgents
    leads: int
    """Leads that may still be called."""


async def measured(conn: Conn, settings: CampaignSettings, since: Instant, until: Instant) -> Measured:
    """The campaign as it was in [since, until), and its list as it is now."""
    period = (settings.id, datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC))
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        await conn.execute(SETTINGS)
        calls = await conn.fetchrow(statement("measured_calls"), *period)
        agents = await conn.fetchrow(statement("measured_agents"), *period, settings.zone)
        leads = await conn.fetchval(statement("leads_left"), settings.id)
    assert calls is not None
    assert agents is not None
    return Measured(settings, MeasuredCalls(**calls), MeasuredAgents(**agents), leads)
