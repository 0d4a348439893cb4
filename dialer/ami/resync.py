"""What lives on an Asterisk server, read from the answer to `Status`. Pure.

`Status` needs no more than write=call and lists every channel with its ChannelId, state, bridge and place in the
dialplan. Who talks to whom follows from sharing a bridge. An agent's leg taken out of hold by Bridge() still says
`Application: BridgeWait`, so hold is told by the dialplan's place and by nobody else being in the bridge.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dialer.ami.channels import (
    ABANDON_CONTEXT,
    CONFERENCE_CONTEXT,
    CONSULT_CONTEXT,
    HELD_CONTEXT,
    MUTED_VARIABLE,
    PER_CALL_CONTEXT,
    UP,
    Living,
    attempt_of,
    leg_agent,
    spy_of,
)
from dialer.ami.codec import Headers
from dialer.core.events import LiveCall, LiveLeg
from dialer.core.ids import AgentId, Leg, SpyId


def living(statuses: Iterable[Headers]) -> list[Living]:
    """Our channels among the `Status` events of one answer; others are passed over."""
    ours = [status for status in statuses if status.get("Uniqueid", "").startswith("dlr-")]
    bridges: dict[str, list[Headers]] = defaultdict(list)
    for status in ours:
        if status.get("BridgeID"):
            bridges[status["BridgeID"]].append(status)
    return [_living(status, bridges.get(status.get("BridgeID", ""), [])) for status in ours]


def live_calls(channels: Iterable[Living]) -> tuple[LiveCall, ...]:
    """Customers' channels as the Floor knows them."""
    found = ((attempt_of(channel.id), channel) for channel in channels)
    return tuple(LiveCall(attempt, c.answered, c.talking_to, c.held_by) for attempt, c in found if attempt)


def live_legs(channels: Iterable[Living]) -> tuple[LiveLeg, ...]:
    """Agents' nailed-up channels as the Floor knows them."""
    found = ((leg_agent(channel.id), channel) for channel in channels)
    return tuple(LiveLeg(agent, Leg(c.id), c.held, c.consults, c.confers, c.muted) for agent, c in found if agent)


def live_spies(channels: Iterable[Living]) -> tuple[SpyId, ...]:
    """Supervisors' phones on agents' lines."""
    return tuple(spy for spy in map(spy_of, (channel.id for channel in channels)) if spy)


def _living(status: Headers, in_bridge: Sequence[Headers]) -> Living:
    channel, context = status["Uniqueid"], status.get("Context", "")
    is_leg = leg_agent(channel) is not None
    return Living(
        id=channel,
        answered=status.get("ChannelState") == UP,
        bridge=status.get("BridgeID", ""),
        held=is_leg and in_bridge == [status] and status.get("Application") == "BridgeWait",
        talking_to=None if is_leg else _agent_in(status, in_bridge),
        message_plays=not is_leg and context == ABANDON_CONTEXT,
        held_by=_number(status.get("Exten", "")) if not is_leg and context == HELD_CONTEXT else None,
        consults=_colleague(status, in_bridge) if is_leg and context == CONSULT_CONTEXT else None,
        confers=_number(status.get("Exten", "")) if is_leg and context == CONFERENCE_CONTEXT else None,
        muted=is_leg and status.get("Variable") == f"{MUTED_VARIABLE}=1",
    )


def _colleague(agent: Headers, in_bridge: Sequence[Headers]) -> AgentId | None:
    """The other agent's leg in the bridge; a customer there means that the consultation is over."""
    others = [leg_agent(other["Uniqueid"]) for other in in_bridge if other is not agent]
    return others[0] if len(others) == 1 else None


def _number(text: str) -> AgentId | None:
    return AgentId(int(text)) if text.isdecimal() else None


def _agent_in(customer: Headers, in_bridge: Sequence[Headers]) -> AgentId | None:
    for other in in_bridge:
        if (agent := leg_agent(other["Uniqueid"])) is not None:
            return agent
    if in_bridge and customer.get("Context") == PER_CALL_CONTEXT:
        return _number(customer.get("Exten", ""))
    return None
