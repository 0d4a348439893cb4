"""The names by which things are known, and the one measure of time.

Ids are made at the edge (lead and attempt ids are UUIDv7 text); the core only carries them.
An `Instant` is seconds since the Unix epoch, UTC, as a float: arithmetic and heaps need no time zone,
and whoever needs a wall clock converts in one place (`dialer.core.hours`).
"""

from typing import NewType, TypeAlias

Instant: TypeAlias = float
"""Seconds since the Unix epoch, UTC."""

ProjectId = NewType("ProjectId", int)
CampaignId = NewType("CampaignId", int)
GroupId = NewType("GroupId", int)
AgentId = NewType("AgentId", int)
"""The agent's own number, four to six digits; it is also the extension that the dialplan knows."""

LeadId = NewType("LeadId", str)
AttemptId = NewType("AttemptId", str)
ServerName = NewType("ServerName", str)
TrunkName = NewType("TrunkName", str)
Leg = NewType("Leg", str)
"""The ChannelId of an agent's leg, `dlr-a<agent>-<nonce>`; an attempt's channel is `dlr-<attempt id>`."""

SpyId = NewType("SpyId", str)
"""The ChannelId of a supervisor's phone on an agent's line, `dlr-s<agent>-<nonce>`."""

ATTEMPT_CHANNEL_PREFIX = "dlr-"
AGENT_CHANNEL_PREFIX = "dlr-a"
SPY_CHANNEL_PREFIX = "dlr-s"


def attempt_channel(attempt: AttemptId) -> str:
    """The ChannelId (hence Uniqueid) of the customer's channel of this attempt."""
    return ATTEMPT_CHANNEL_PREFIX + attempt


def agent_leg(agent: AgentId, nonce: str) -> Leg:
    """The ChannelId of an agent's leg; `nonce` makes each sign-in's leg its own."""
    return Leg(f"{AGENT_CHANNEL_PREFIX}{agent}-{nonce}")


def spy_channel(agent: AgentId, nonce: str) -> SpyId:
    """The ChannelId of a supervisor's phone; `nonce` makes each listening's its own."""
    return SpyId(f"{SPY_CHANNEL_PREFIX}{agent}-{nonce}")
