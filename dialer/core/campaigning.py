"""What the Floor does for campaigns: takes over their settings, walks their machine, sees when one is over. Pure."""

from dialer.core import previewing
from dialer.core.campaign import CAMPAIGN, COMMANDS, Campaign, CampaignAct, Drained, Emptied, Start
from dialer.core.claiming import probe
from dialer.core.effects import BookCampaignState, CommandPassedOver
from dialer.core.events import AttemptSettled, LeadsAdded
from dialer.core.memory import hand_over
from dialer.core.resync import new_campaign
from dialer.core.room import Room
from dialer.core.states import CampaignState
from dialer.core.table import IllegalTransition
from dialer.core.wishes import CampaignChanged, CampaignCommanded


def changed(room: Room, event: CampaignChanged) -> None:
    settings = event.settings
    campaign = room.campaigns.get(settings.id)
    if campaign is None:
        room.campaigns[settings.id] = new_campaign(settings, event.past, event.memories)
    else:
        if campaign.settings.strategy_terms != settings.strategy_terms:
            hand_over(room, campaign)
        if (campaign.ledger.window, campaign.ledger.zone) != (settings.ceiling_window, settings.zone):
            campaign.ledger = campaign.ledger.under(settings.ceiling_window, settings.zone)
            campaign.ledger.remember(event.past)
        campaign.settings = settings
        campaign.dry_until = 0.0
    room.dirty = True


def commanded(room: Room, event: CampaignCommanded) -> None:
    """Who gave it saw the state in the books, which lag: a command that another has overtaken is passed over."""
    campaign = room.campaigns.get(event.campaign)
    if campaign is None:
        raise IllegalTransition(f"floor: campaign {event.campaign} is not known")
    if not CAMPAIGN.has(campaign.state, COMMANDS[event.command]):
        room.out.append(CommandPassedOver(campaign=campaign.id, command=event.command, state=campaign.state))
        return
    step(room, campaign, COMMANDS[event.command])
    maybe_over(room, campaign)


def leads_added(room: Room, event: LeadsAdded) -> None:
    campaign = room.campaigns.get(event.campaign)
    if campaign is not None:
        campaign.dry_until, campaign.unfinished = 0.0, None
        room.dirty = True
        if event.fresh and campaign.state is CampaignState.DONE:
            step(room, campaign, Start)


def attempt_settled(room: Room, event: AttemptSettled) -> None:
    campaign = room.campaigns.get(event.campaign)
    if campaign is None:
        return
    campaign.live_calls = max(0, campaign.live_calls - 1)
    if campaign.live_calls or campaign.asking:
        return
    if campaign.state is CampaignState.RUNNING and campaign.dry_until > room.at:  # the last call of a dry list
        campaign.unfinished = None
        probe(room, campaign)
    maybe_over(room, campaign)


def maybe_over(room: Room, campaign: Campaign) -> None:
    """A campaign that stops ends with its last call; one that runs, with its last lead."""
    if campaign.live_calls or campaign.asking:
        return
    if campaign.state is CampaignState.STOPPING:
        step(room, campaign, Drained)
    elif campaign.state is CampaignState.RUNNING and campaign.unfinished == 0:
        step(room, campaign, Emptied)


def step(room: Room, campaign: Campaign, event: type) -> None:
    """One step of the campaign's machine; IllegalTransition where its table has none."""
    rule = CAMPAIGN.look(campaign.state, event)
    if CampaignAct.WAKE in rule.acts:
        campaign.dry_until, campaign.unfinished = 0.0, None
    if rule.state is not campaign.state:
        campaign.state = rule.state
        room.out.append(BookCampaignState(campaign=campaign.id, state=rule.state))
        if rule.state is not CampaignState.RUNNING:
            previewing.end_all(room, "campaign_not_running", campaign=campaign.id)
    room.dirty = True
