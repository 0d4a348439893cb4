"""What Asterisk's messages mean to the Floor: AMI events to `dialer.core.events`, for one server. Pure.

It remembers of each live channel only what one message alone does not say: who else is in its bridge, and what has been
told already, so that doubled events are told once, and whatever follows an answer is preceded by it even where events
come out of order. Channels that do not carry our names are passed over.

Why not more events: `Newstate Up` comes 0.2 ms before `DlrAnswered`, but a Redirect at that moment could overtake the
dialplan's own first step, which sets the answer deadline. DialStatus and OriginateResponse.Reason are too coarse.
"""

from collections.abc import Mapping, Sequence

from dialer.ami.channels import CONSULT_CONTEXT, PER_CALL_CONTEXT, UP, Living, attempt_of, leg_agent, spy_of
from dialer.ami.codec import Headers
from dialer.ami.memory import Memory, Recent, Room
from dialer.core.events import (
    AgentHeld,
    AgentLegDown,
    Answered,
    Bridged,
    BridgeFailed,
    CallEvent,
    ConsultFailed,
    Consulting,
    ConsultOver,
    CustomerHeld,
    Event,
    HungUp,
    InConference,
    MessageEnded,
    MessageStarted,
    OriginateFailed,
    Progress,
    Ringing,
    SpyGone,
    SpyOn,
    TrunkSeen,
)
from dialer.core.ids import AgentId, Instant, Leg, TrunkName
from dialer.core.states import SpyMode

EVENTS = (
    "OriginateResponse",
    "Newstate",
    "DialState",
    "Hangup",
    "BridgeEnter",
    "UserEvent",
    "ContactStatus",
    "FullyBooted",
    "Shutdown",
)
"""The events that are read; manager.conf's filters need to let no other through."""

CAUSE_UNKNOWN = 0


class Translator:
    """One server's messages in, events out. `trunks` maps endpoints to the names of their trunks."""

    def __init__(self, trunks: Mapping[str, TrunkName]) -> None:
        self.trunks = dict(trunks)
        self._alive: dict[str, Memory] = {}
        self._ended = Recent()
        self._failed = Recent()
        self._rooms: dict[str, Room] = {}
        self._reachable: dict[TrunkName, bool] = {}

    # ---- what the link tells

    def expect(self, channel_id: str) -> None:
        """A channel of this id is about to be made."""
        self._alive.setdefault(channel_id, Memory())

    def forget(self, channel_id: str) -> None:
        """The channel was surely never asked for."""
        self._alive.pop(channel_id, None)

    def is_alive(self, channel_id: str) -> bool:
        """Expected or seen, and its end not seen."""
        return channel_id in self._alive

    def knows(self, channel_id: str) -> bool:
        """Expected or seen, or ended a short while ago."""
        return any(channel_id in known for known in (self._alive, self._failed, self._ended))

    def clear(self) -> None:
        """The link is lost: what lives there is unknown now."""
        self._alive, self._rooms = {}, {}
        self._reachable.clear()

    def adopt(self, living: Sequence[Living], at: Instant) -> list[Event]:
        """Take over what a resync found and we do not know; gives what `ServerUp` has no word for: the message that
        plays.

        Of a channel that we know, nothing was missed since the link came up. What its status shows before its event
        has come is told by that event, which Asterisk sends behind the list.
        """
        self._reachable.clear()
        unknown = [channel for channel in living if channel.id not in self._alive]
        for channel in unknown:
            self._adopt_one(channel)
        playing = [self._tell(channel.id, MessageStarted, at) for channel in unknown if channel.message_plays]
        return [event for events in playing for event in events]

    def _adopt_one(self, channel: Living) -> None:
        memory = self._alive[channel.id] = Memory()
        if channel.answered:
            memory.told |= {Ringing, Progress, Answered}
        if channel.held:
            memory.held_in = channel.bridge
        elif channel.bridge:
            memory.bridge = channel.bridge
            room = self._rooms.setdefault(channel.bridge, Room())
            room.attempt = attempt_of(channel.id) or room.attempt
            room.agent = channel.talking_to or leg_agent(channel.id) or room.agent
            room.joined = room.attempt is not None and room.agent is not None

    def gone(self, channel_id: str, at: Instant, cause: int = CAUSE_UNKNOWN, tech_cause: int = 0) -> list[Event]:
        """The channel does not exist any more, or never did. Told once."""
        memory = self._alive.pop(channel_id, None)
        if channel_id in self._ended:
            return []
        self._failed.pop(channel_id, None)
        self._ended.add(channel_id, Memory())
        if memory is not None:
            self._leave(channel_id, memory)
        if (agent := leg_agent(channel_id)) is not None:
            return [AgentLegDown(at=at, agent=agent, leg=Leg(channel_id), cause=cause)]
        if (spy := spy_of(channel_id)) is not None:
            return [SpyGone(at=at, spy=spy)]
        attempt = attempt_of(channel_id)
        return [HungUp(at=at, attempt=attempt, cause=cause, tech_cause=tech_cause)] if attempt else []

    def trunk_seen(self, endpoint: str, status: str, at: Instant) -> list[Event]:
        """A contact's status, by event or by question; only a change is told."""
        trunk = self.trunks.get(endpoint)
        reachable = {"Reachable": True, "Unreachable": False, "Removed": False}.get(status)
        if trunk is None or reachable is None or self._reachable.get(trunk) is reachable:
            return []
        self._reachable[trunk] = reachable
        return [TrunkSeen(at=at, trunk=trunk, reachable=reachable)]

    # ---- what Asterisk tells

    def read(self, message: Headers, at: Instant) -> list[Event]:
        """The events that this message means, in order; mostly none or one."""
        match message.get("Event"):
            case "Newstate" if message.get("ChannelStateDesc") == "Ringing":
                return self._tell(message.get("Uniqueid", ""), Ringing, at)
            case "DialState":
                return self._dial_state(message, at)
            case "UserEvent":
                return self._user_event(message, at)
            case "BridgeEnter":
                return self._bridge_enter(message, at)
            case "Hangup":
                return self._hangup(message, at)
            case "OriginateResponse" if message.get("Response") == "Failure":
                return self._originate_failed(message.get("ActionID", ""), at)
            case "ContactStatus":
                return self.trunk_seen(message.get("EndpointName", ""), message.get("ContactStatus", ""), at)
        return []

    def _originate_failed(self, channel: str, at: Instant) -> list[Event]:
        """A Hangup follows or has come, unless there never was a channel: so it is no longer counted as alive."""
        events = self._tell(channel, OriginateFailed, at)
        if events:
            self._failed.add(channel, self._alive.pop(channel))
        return events

    def _dial_state(self, message: Headers, at: Instant) -> list[Event]:
        """The only message that tells early media (183): PROGRESS."""
        heard: dict[str, type[CallEvent]] = {"RINGING": Ringing, "PROGRESS": Progress}
        kind = heard.get(message.get("DialStatus", ""))
        return self._tell(message.get("DestUniqueid", ""), kind, at) if kind else []

    def _user_event(self, message: Headers, at: Instant) -> list[Event]:
        channel = message.get("Uniqueid", "")
        match message.get("UserEvent"):
            case "DlrAnswered":
                return self._tell(channel, Answered, at)
            case "DlrAbandon":
                return self._tell(channel, Answered, at) + self._tell(channel, MessageStarted, at)
            case "DlrMessageDone":
                return self._message_ended(message, channel, at)
            case "DlrBridgeFailed":
                return self._bridge_failed(message, channel, at)
            case "DlrSpy" if (spy := spy_of(channel)) is not None and message.get("Mode", "") in set(SpyMode):
                return [SpyOn(at=at, spy=spy, mode=SpyMode(message["Mode"]))]
            case "DlrHeld":
                return self._customer_held(message, channel, at)
            case "DlrConsultOver" | "DlrConference" as name:
                return self._leg_moved(name, message, channel, at)
        return []

    def _customer_held(self, message: Headers, channel: str, at: Instant) -> list[Event]:
        attempt, agent = attempt_of(channel), message.get("Agent", "")
        if attempt is None or channel in self._ended or not agent.isdecimal():
            return []
        self._leave(channel, self._memory(channel))
        return [CustomerHeld(at=at, attempt=attempt, agent=AgentId(int(agent)))]

    def _leg_moved(self, name: str, message: Headers, channel: str, at: Instant) -> list[Event]:
        agent = leg_agent(channel)
        if agent is None or channel in self._ended:
            return []
        if name == "DlrConference":
            return [InConference(at=at, agent=agent, leg=Leg(channel))]
        kind = ConsultOver if message.get("Result") == "SUCCESS" else ConsultFailed
        return [kind(at=at, agent=agent, leg=Leg(channel))]

    def _message_ended(self, message: Headers, channel: str, at: Instant) -> list[Event]:
        attempt = attempt_of(channel)
        if attempt is None or channel in self._ended:
            return []
        self._memory(channel)
        return [MessageEnded(at=at, attempt=attempt, heard=message.get("Status") == "SUCCESS")]

    def _bridge_failed(self, message: Headers, channel: str, at: Instant) -> list[Event]:
        attempt, agent = attempt_of(channel), message.get("Agent", "")
        if attempt is None or channel in self._ended or not agent.isdecimal():
            return []
        result = message.get("Result", "")
        return [BridgeFailed(at=at, attempt=attempt, agent=AgentId(int(agent)), result=result)]

    def _bridge_enter(self, message: Headers, at: Instant) -> list[Event]:
        channel, bridge = message.get("Uniqueid", ""), message.get("BridgeUniqueid", "")
        agent, attempt = leg_agent(channel), attempt_of(channel)
        if channel in self._ended:
            return []
        if agent is None and attempt is None:
            return self._stranger_enters(bridge, at)
        memory = self._memory(channel)
        if agent is not None and message.get("BridgeTechnology") == "holding_bridge":
            return self._held(Leg(channel), agent, memory, bridge, at)
        if memory.bridge != bridge:
            self._leave(channel, memory)
        memory.bridge = bridge
        room = self._rooms.setdefault(bridge, Room())
        if agent is not None and message.get("Context") == CONSULT_CONTEXT:
            room.consulting, room.leg = agent, Leg(channel)
        else:
            room.agent, room.attempt = agent or room.agent, attempt or room.attempt
        answered = self._tell(channel, Answered, at) if attempt else []
        if attempt and message.get("Context") == PER_CALL_CONTEXT and message.get("Exten", "").isdecimal():
            return answered + self._per_call(message, room, at)
        return answered + self._joined(room, at)

    def _held(self, leg: Leg, agent: AgentId, memory: Memory, bridge: str, at: Instant) -> list[Event]:
        if memory.held_in == bridge:
            return []
        self._leave(leg, memory)
        memory.held_in = bridge
        return [AgentHeld(at=at, agent=agent, leg=leg)]

    def _per_call(self, message: Headers, room: Room, at: Instant) -> list[Event]:
        """Dial() made the agent's leg, so it does not carry our name: the customer's extension says whose it is."""
        room.agent = AgentId(int(message["Exten"]))
        alone = message.get("BridgeNumChannels") == "1"
        return [] if alone else self._joined(room, at)

    def _stranger_enters(self, bridge: str, at: Instant) -> list[Event]:
        """A leg that Dial() made, where the customer was in the bridge before it."""
        room = self._rooms.get(bridge)
        return self._joined(room, at) if room else []

    def _joined(self, room: Room, at: Instant) -> list[Event]:
        """Who consults is still in that part of the dialplan where the customer has been joined to him meanwhile."""
        agent = room.agent or room.consulting
        if agent is None or room.joined:
            return []
        if room.attempt is not None:
            room.joined = True
            return [Bridged(at=at, attempt=room.attempt, agent=agent)]
        if room.agent is None or room.consulting is None or room.leg is None:
            return []
        room.joined = True
        return [Consulting(at=at, agent=room.consulting, leg=room.leg, colleague=room.agent)]

    def _hangup(self, message: Headers, at: Instant) -> list[Event]:
        channel = message.get("Uniqueid", "")
        answered = attempt_of(channel) is not None and message.get("ChannelState") == UP
        told = self._tell(channel, Answered, at) if answered else []
        return told + self.gone(channel, at, _number(message, "Cause"), _number(message, "TechCause"))

    # ---- memory

    def _tell(self, channel: str, kind: type[CallEvent], at: Instant) -> list[Event]:
        """This, once in the life of the attempt's channel, and not after its end."""
        attempt = attempt_of(channel)
        if attempt is None or channel in self._ended:
            return []
        told = self._memory(channel).told
        if kind in told:
            return []
        told.add(kind)
        return [kind(at=at, attempt=attempt)]

    def _memory(self, channel: str) -> Memory:
        failed = self._failed.get(channel)
        return failed if failed is not None else self._alive.setdefault(channel, Memory())

    def _leave(self, channel: str, memory: Memory) -> None:
        room = self._rooms.get(memory.bridge)
        if room is not None:
            agent = leg_agent(channel)
            room.attempt = None if attempt_of(channel) else room.attempt
            room.agent = None if agent == room.agent else room.agent
            room.consulting = None if agent == room.consulting else room.consulting
            if room.attempt is None and (room.agent is None or room.consulting is None):
                del self._rooms[memory.bridge]
        memory.bridge = ""


def _number(message: Headers, name: str) -> int:
    """A decimal header; 0 where it is missing or no number (TechCause may be a word for other technologies)."""
    value = message.get(name, "")
    return int(value) if value.isdecimal() else 0
