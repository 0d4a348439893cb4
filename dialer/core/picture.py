"""What strategies see of one server: busy agents and calls in flight, kept as they change.

A decision is made at every event and looks at hundreds; nothing is listed or filtered for it that was not changed by
the event. Agents who may serve the same campaigns are kept together, and calls of one campaign.
"""

from collections.abc import Container, Hashable, Iterable, Sequence
from itertools import chain
from typing import TypeAlias, TypeVar

from dialer.core.agent import Agent
from dialer.core.call import Call
from dialer.core.ids import CampaignId, GroupId
from dialer.core.settings import CampaignSettings, Skills
from dialer.core.skills import may_serve
from dialer.core.states import AgentState
from strategies.base import BusyAgent, Phase, RingingCall
from strategies.crowd import Crowd, crowd_of_agents, crowd_of_calls

Trade: TypeAlias = tuple[frozenset[GroupId], Skills]
"""What decides whose calls an agent may take: groups and skills."""
R = TypeVar("R", BusyAgent, RingingCall)

PHASES = {
    AgentState.RESERVED: Phase.TALK,
    AgentState.TALKING: Phase.TALK,
    AgentState.WRAP_UP: Phase.WRAP_UP,
}
"""States from which an agent comes free by himself."""


class Picture:
    """One server's: told of every change of an agent's state or wish and of every call, it has the records ready."""

    __slots__ = ("_busy", "_calls")

    def __init__(self) -> None:
        self._busy: dict[Trade, Crowd[BusyAgent]] = {}
        self._calls: dict[CampaignId, Crowd[RingingCall]] = {}

    def show_agent(self, agent: Agent) -> None:
        """Keep him among the busy ones, as he is now, or take him out."""
        trade = agent.session.groups, agent.session.skills
        crowd = self._busy.get(trade)
        if crowd is None:
            crowd = self._busy[trade] = crowd_of_agents()
        phase, since = PHASES.get(agent.state), agent.since
        if agent.state is AgentState.READY and agent.rests:
            phase, since = Phase.WRAP_UP, agent.wrote_since
        if phase is None:
            crowd.drop(agent.id)
        else:
            crowd.put(agent.id, BusyAgent(phase, leaving=agent.leaving, since_s=since, hint=agent.hint))

    def drop_agent(self, agent: Agent) -> None:
        """Take him out from among those of his groups: before these change."""
        crowd = self._busy.get((agent.session.groups, agent.session.skills))
        if crowd is not None:
            crowd.drop(agent.id)

    def show_call(self, call: Call) -> None:
        """Keep a call in flight as it is now."""
        crowd = self._calls.get(call.campaign)
        if crowd is None:
            crowd = self._calls[call.campaign] = crowd_of_calls()
        shown = RingingCall(
            rang=call.ringing_at is not None,
            answer_ratio=call.reservation.answer_ratio,
            segment=call.reservation.segment,
            since_s=call.dialled_at or call.reserved_at,
            trunk=call.trunk,
        )
        crowd.put(call.attempt, shown)

    def drop_call(self, call: Call) -> None:
        """It is answered, or over."""
        crowd = self._calls.get(call.campaign)
        if crowd is not None:
            crowd.drop(call.attempt)

    def busy(self, settings: CampaignSettings) -> Sequence[BusyAgent]:
        """Agents who may take this campaign's calls and will come free."""
        return _one([crowd for trade, crowd in self._busy.items() if crowd and may_serve(*trade, settings)])

    def calls(self, campaigns: Container[CampaignId]) -> Sequence[RingingCall]:
        """Calls in flight of these campaigns."""
        return _one([crowd for campaign, crowd in self._calls.items() if crowd and campaign in campaigns])

    def busy_keys(self) -> Iterable[Hashable]:
        return chain.from_iterable(crowd.keys() for crowd in self._busy.values())

    def call_keys(self) -> Iterable[Hashable]:
        return chain.from_iterable(crowd.keys() for crowd in self._calls.values())


def _one(crowds: list[Crowd[R]]) -> Sequence[R]:
    """One crowd as it is; several are put together."""
    return crowds[0] if len(crowds) == 1 else [record for crowd in crowds for record in crowd]
