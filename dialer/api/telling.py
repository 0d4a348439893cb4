"""What the Floor is told of a campaign beside its settings."""

from dialer.api.ports import Ports
from dialer.core.events import LeadsAdded
from dialer.core.ids import ProjectId
from dialer.core.settings import CampaignSettings
from dialer.core.states import CampaignState
from dialer.core.wishes import CampaignChanged

UNDER_WAY = frozenset({CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.STOPPING})


async def changed(given: Ports, settings: CampaignSettings) -> CampaignChanged:
    """The settings, and what a campaign at rest or a longer window needs from the books."""
    now = given.clock.now()
    past, memories = await given.campaigns.past(settings.id, now), await given.campaigns.memories(settings.id)
    return CampaignChanged(at=now, settings=settings, past=past, memories=memories)


async def tell_ready(given: Ports, campaign: CampaignSettings) -> None:
    """Leads of it have just come to be dialled: at once, and a campaign that was done goes on for them."""
    if campaign.state is CampaignState.DONE:  # after a restart it is not in the room
        given.room.feed(await changed(given, campaign))
    given.room.feed(LeadsAdded(at=given.clock.now(), campaign=campaign.id, fresh=True))


async def tell_project(given: Ports, project: ProjectId) -> None:
    """The project's campaigns that are under way go by what was changed of it from now on."""
    for settings in await given.campaigns.all():
        if settings.project == project and settings.state in UNDER_WAY:
            given.room.feed(await changed(given, settings))
