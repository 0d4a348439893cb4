"""What the Floor is told of a campaign beside its settings."""

from dialer.api.ports import Ports
from dialer.core.settings import CampaignSettings
from dialer.core.wishes import CampaignChanged


async def changed(given: Ports, settings: CampaignSettings) -> CampaignChanged:
    """The settings, and what a campaign at rest or a longer window needs from the books."""
    now = given.clock.now()
    past, memories = await given.campaigns.past(settings.id, now), await given.campaigns.memories(settings.id)
    return CampaignChanged(at=now, settings=settings, past=past, memories=memories)
