"""Modes by name: each is a strategy, and some bear on more than how many calls are started: agents start them."""

from dialer.core.nearest import did_you_mean
from strategies import names

PREVIEW = "preview"
"""Leads are shown in turn; the agent asks for each call (`core.previewing`)."""
MANUAL = "manual"
"""The agent picks the lead himself (`core.picking`)."""
BY_HAND = frozenset({MANUAL, PREVIEW})
"""A person has each call started."""


def checked_mode(name: str) -> str:
    """The name, where there is such a mode: ours, or an installed third party's. Raises ValueError with the nearest."""
    known = names()
    if name in known:
        return name
    meant = did_you_mean(name, known)
    raise ValueError(f"there is no mode {name!r}; {meant}{' ' if meant else ''}known: {', '.join(known)}")
