"""What the API needs of the notices between attempts. Every method may raise OSError while the database is away."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from dialer.core.ids import CampaignId, Instant, LeadId, ProjectId
from dialer.core.notices import Gateway, NoticeRecord, NoticeStep


class Notices(Protocol):
    async def steps(self, campaign: CampaignId) -> Sequence[NoticeStep]: ...

    async def set_steps(self, campaign: CampaignId, steps: Sequence[NoticeStep]) -> None:
        """These in place of all. Raises ValueError for an unknown campaign."""
        ...

    async def tally(self, campaign: CampaignId) -> Sequence[Mapping[str, Any]]:
        """How many of each step came to what."""
        ...

    async def gateway(self, project: ProjectId) -> Gateway | None: ...

    async def save_gateway(self, gateway: Gateway, now: Instant) -> None:
        """Raises ValueError for an unknown project."""
        ...

    async def drop_gateway(self, project: ProjectId) -> bool: ...

    async def of_lead(self, lead: LeadId) -> Sequence[NoticeRecord]:
        """The oldest first."""
        ...
