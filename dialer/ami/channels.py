"""Channels of ours: whose they are, told by the ChannelId that we gave them. Everything else is never touched."""

import re
from dataclasses import dataclass

from dialer.core.ids import ATTEMPT_CHANNEL_PREFIX, AgentId, AttemptId, SpyId

TRIAL_PREFIX = "dlr-try-"
"""Of the channels of `dialer doctor`: a server's filters let their events pass, the daemon takes no notice."""
UP = "6"
"""ChannelState of an answered channel."""
ANSWERED_CONTEXT = "dlr-answered"
CONNECT_CONTEXT = "dlr-connect"
PER_CALL_CONTEXT = "dlr-dial"
ABANDON_CONTEXT = "dlr-abandon"
AGENT_CONTEXT = "dlr-agent"
HELD_CONTEXT = "dlr-held"
TAKE_CONTEXT = "dlr-take"
CONSULT_CONTEXT = "dlr-consult"
CONFERENCE_CONTEXT = "dlr-conference"
SPY_CONTEXT = "dlr-spy"

CUSTOMER_VARIABLE = "DLR_CUSTOMER"
SPIED_VARIABLE = "DLR_SPIED"
MUTED_VARIABLE = "DLR_MUTED"

_LEG = re.compile(r"dlr-a(\d{1,9})-[^-]+")
_SPY = re.compile(r"dlr-s(\d{1,9})-[^-]+")


def leg_agent(channel_id: str) -> AgentId | None:
    """The agent whose leg this ChannelId names; None where it is no agent's leg."""
    match = _LEG.fullmatch(channel_id)
    return AgentId(int(match[1])) if match else None


def spy_of(channel_id: str) -> SpyId | None:
    """The supervisor's phone that this ChannelId names; None where it is none."""
    return SpyId(channel_id) if _SPY.fullmatch(channel_id) else None


def attempt_of(channel_id: str) -> AttemptId | None:
    """The attempt whose channel this ChannelId names; None where it is not ours, an agent's, a supervisor's or on
    trial."""
    if not channel_id.startswith(ATTEMPT_CHANNEL_PREFIX) or leg_agent(channel_id) is not None:
        return None
    if channel_id.startswith(TRIAL_PREFIX):
        return None
    if spy_of(channel_id) is not None:
        return None
    return AttemptId(channel_id.removeprefix(ATTEMPT_CHANNEL_PREFIX))


@dataclass(frozen=True, slots=True)
class Living:
    """A channel of ours that a resync found alive."""

    id: str
    answered: bool
    bridge: str = ""
    held: bool = False
    """An agent's leg, in its holding bridge."""
    talking_to: AgentId | None = None
    """A customer's channel: the agent in its bridge."""
    message_plays: bool = False
    held_by: AgentId | None = None
    """A customer's channel on hold: who put him there."""
    consults: AgentId | None = None
    """An agent's leg: the colleague whom it has called."""
    confers: AgentId | None = None
    """A colleague's leg: the agent on whose line it is."""
    muted: bool = False
