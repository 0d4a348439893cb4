"""Agents kept for a campaign that gets none: the next work of such an agent is a call of this campaign.

To all others he is one who leaves after this call, as before a pause, or is not free. Calls that others had asked for
before he was kept may still have him, however late the books answer: so nobody is abandoned for it. The campaign counts
on him once these are over. He is kept until he has a call of it, or the calls that it began for him have ended, or it
does not need him any more.

Previews keep one by their share (`previewing.keep`); campaigns that dial by themselves when they starve (`sharing`).
"""

from dialer.core import sharing
from dialer.core.agent import Agent
from dialer.core.campaign import Campaign
from dialer.core.ceiling import in_flight
from dialer.core.ids import ServerName
from dialer.core.joining import serve
from dialer.core.modes import BY_HAND
from dialer.core.room import Room
from dialer.core.states import AgentState, CampaignState

_AT_WORK = frozenset({AgentState.TALKING, AgentState.WRAP_UP})


def at_work(room: Room, server: ServerName, campaign: Campaign) -> list[Agent]:
    """This campaign's agents who have their hands full; first whoever has just begun: others have longest to see it."""
    team = [a for a in room.agents_on(server) if a.state in _AT_WORK and room.may_serve(a, campaign)]
    return sorted(team, key=lambda one: -one.since)


def keep(room: Room, agent: Agent, campaign: Campaign) -> None:
    """From now on this agent's next work is the campaign's."""
    agent.kept_for, agent.kept_from, room.keeps = campaign.id, room.at, True
    room.reindex_agent(agent)


def keep_for_starving(room: Room, server: ServerName, campaign: Campaign) -> None:
    """One agent for each PATIENCE_S that a starving campaign has waited; busy ones first: they stand idle for none."""
    if not sharing.starves(room, server, campaign):
        return
    team = at_work(room, server, campaign) + list(room.ready_agents(server, campaign))
    kept = sum(1 for agent in team if agent.kept_for == campaign.id)
    if kept < sharing.waited_s(room, server, campaign) // sharing.PATIENCE_S:
        for agent in [one for one in team if not one.leaving][:1]:
            keep(room, agent, campaign)


def let_go(room: Room) -> None:
    """Whoever is kept for a campaign that does not need him any more is everybody's again."""
    if not room.keeps:
        return
    room.keeps = False
    for agent in room.agents.values():
        if agent.kept_for is None:
            continue
        if _needs(room, agent, room.campaigns[agent.kept_for]):
            room.keeps = True
            continue
        agent.kept_for = None
        room.reindex_agent(agent)
        serve(room, agent)


def _needs(room: Room, agent: Agent, campaign: Campaign) -> bool:
    server = agent.session.phone.server
    if campaign.settings.mode in BY_HAND or sharing.starves(room, server, campaign):
        return campaign.state is CampaignState.RUNNING and campaign.dry_until <= room.at
    return agent.is_ready and in_flight(room, server, (campaign.id,)) > 0
