"""Modes that bear on more than how many calls are started (`strategies`): those in which agents start them."""

PREVIEW = "preview"
"""Leads are shown in turn; the agent asks for each call (`core.previewing`)."""
MANUAL = "manual"
"""The agent picks the lead himself (`core.picking`)."""
BY_HAND = frozenset({MANUAL, PREVIEW})
"""A person has each call started."""
