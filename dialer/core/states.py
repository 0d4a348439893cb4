"""The states of the three machines, by the names that code, API, database, metrics and screens all use."""

from enum import StrEnum


class CallState(StrEnum):
    DIALLING = "dialling"
    RINGING = "ringing"
    ANSWERED = "answered"
    CONNECTING = "connecting"
    TALKING = "talking"
    MESSAGE = "message"
    WRAP_UP = "wrap_up"
    SETTLED = "settled"


class AgentState(StrEnum):
    OFFLINE = "offline"
    CALLING = "calling"
    """The phone is being rung to be nailed up."""
    READY = "ready"
    RESERVED = "reserved"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    LOST = "lost"
    """The phone is gone (dead, unplugged, its server away) while the agent is signed in."""


class CampaignState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"
