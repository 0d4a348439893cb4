"""The states of the three machines, by the names that code, API, database, metrics and screens all use."""

from enum import StrEnum


class CallState(StrEnum):
    PREVIEWING = "previewing"
    """An agent looks at the lead, and has not asked for the call: nothing is dialled."""
    CONFIRMING = "confirming"
    """He has asked for it: the books and the gate are asked once more."""
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
    PREVIEWING = "previewing"
    """A lead is on the screen; the call begins when the agent says so."""
    RESERVED = "reserved"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    LOST = "lost"
    """The phone is gone (dead, unplugged, its server away) while the agent is signed in."""


REST = "rest"
"""The reason of an agent who is ready, and rests between two calls."""


class LineState(StrEnum):
    """Who hears whom while a call is in talk."""

    TALK = "talk"
    """Customer and agent."""
    HELD = "held"
    """The customer is on hold."""
    TAKING = "taking"
    """He is on the way back to the agent."""
    CALLING = "calling"
    """He is on hold, and a colleague is being joined to the agent."""
    CONSULT = "consult"
    """He is on hold; agent and colleague hear each other."""
    JOINING = "joining"
    """The three of them are being joined."""
    CONFERENCE = "conference"
    PARTING = "parting"
    """The colleague leaves a conference, to get the customer for himself."""
    HANDING = "handing"
    """The customer is on the way to the colleague."""
    ALONE = "alone"
    """He is on hold, and the agent's phone is gone: it is rung again."""
    OVER = "over"


class SpyMode(StrEnum):
    """What a supervisor does on an agent's line."""

    LISTEN = "listen"
    """Hears both."""
    WHISPER = "whisper"
    """And is heard by the agent alone."""
    BARGE = "barge"
    """And is heard by both."""


class CampaignState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"
